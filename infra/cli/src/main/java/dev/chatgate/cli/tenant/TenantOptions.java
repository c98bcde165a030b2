package dev.chatgate.cli.tenant;

import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.tenant.ModelName;
import dev.chatgate.tenant.Tenant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a line says of a tenant; what it does not say stays as it is. */
final class TenantOptions {
  private static final String DEPLOYMENTS = "default";

  @Mixin private QuotaOptions quota = new QuotaOptions();

  @Option(
      names = "--models",
      paramLabel = "NAMES",
      description =
          "The models it may use, as it sends them, separated by commas; '*' for all, '' for none.")
  private Optional<String> models = Optional.empty();

  @Option(
      names = "--alias",
      paramLabel = "NAME=MODEL",
      description = "A name of its own for a provider's model; may be given often.")
  private Map<String, String> aliases = new LinkedHashMap<>();

  @Option(
      names = "--no-alias",
      paramLabel = "NAME",
      description = "Takes such a name away; may be given often.")
  private List<String> noAliases = List.of();

  @Option(
      names = "--origins",
      paramLabel = "ORIGINS",
      description =
          "Browser origins that may call, separated by commas; 'default' for the deployment's, ''"
              + " for none.")
  private Optional<String> origins = Optional.empty();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "The whole tenant instead of options, as in CHATGATE_TENANTS; - reads standard input."
              + " Its keys stay if it names none.")
  private Optional<String> json = Optional.empty();

  /** The file with the whole tenant, if there is one. */
  Optional<String> json() {
    if (json.isPresent() && isGiven()) {
      throw RefusedException.cannotRun(
          "--json brings the whole tenant: leave the other options out.");
    }
    return json;
  }

  /** Whether the line says anything of the tenant. */
  boolean isGiven() {
    return quota.isGiven()
        || models.isPresent()
        || !aliases.isEmpty()
        || !noAliases.isEmpty()
        || origins.isPresent();
  }

  /**
   * The tenant as the line wants it.
   *
   * @throws IllegalArgumentException if that is no tenant
   */
  Tenant applyTo(Tenant tenant) {
    return new Tenant(
        tenant.id(),
        tenant.status(),
        quota.applyTo(tenant.quota()),
        models.map(TenantOptions::models).or(tenant::models),
        aliases(tenant.modelAliases()),
        origins(tenant.allowedOrigins()));
  }

  private Map<String, String> aliases(Map<String, String> before) {
    var after = new LinkedHashMap<>(before);
    noAliases.forEach(after::remove);
    aliases.forEach((alias, model) -> {
      requireShort("--alias", alias);
      requireShort("--alias", model);
    });
    after.putAll(aliases);
    return after;
  }

  private Optional<List<String>> origins(Optional<List<String>> before) {
    if (origins.isEmpty()) {
      return before;
    }
    return origins.filter(text -> !text.equals(DEPLOYMENTS)).map(TenantOptions::names);
  }

  private static List<String> models(String list) {
    var models = names(list);
    models.forEach(model -> requireShort("--models", model));
    return models;
  }

  private static void requireShort(String option, String model) {
    if (ModelName.isTooLong(model)) {
      throw RefusedException.cannotRun(
          "%s: a model's name has at most %d bytes.".formatted(option, ModelName.MAX_BYTES));
    }
  }

  private static List<String> names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }
}
