package dev.chatgate.cli.tenant;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.tenant.ModelName;
import dev.chatgate.tenant.Tenant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for a tenant's configuration. What has no option does not change. */
final class TenantOptions {
  private static final String DEPLOYMENT_DEFAULT = "default";

  @Mixin private QuotaOptions quota = new QuotaOptions();

  @Option(
      names = "--models",
      paramLabel = "NAMES",
      description =
          "Models that the tenant may use, by the names that it sends, comma-separated; '*' allows"
              + " all, '' none.")
  private Optional<String> models = Optional.empty();

  @Option(
      names = "--alias",
      paramLabel = "NAME=MODEL",
      description = "Let the tenant use the provider's MODEL under the name NAME (repeatable).")
  private Map<String, String> aliases = new LinkedHashMap<>();

  @Option(names = "--no-alias", paramLabel = "NAME", description = "Remove an alias (repeatable).")
  private List<String> noAliases = List.of();

  @Option(
      names = "--origins",
      paramLabel = "ORIGINS",
      description =
          "Browser origins that may call (CORS), comma-separated; 'default' for the deployment's"
              + " list, '' for none.")
  private Optional<String> origins = Optional.empty();

  @Option(
      names = "--require-end-user",
      negatable = true,
      description =
          "Reject calls for which no end user is named, or allow them again. Default: allowed.")
  private Optional<Boolean> requireEndUser = Optional.empty();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Read the whole tenant from a JSON file instead of options, in the format of"
              + " CHATGATE_TENANTS; - reads standard input. Without keys in it, existing keys are"
              + " kept.")
  private Optional<String> json = Optional.empty();

  /**
   * The JSON file with the whole tenant, if the option is given.
   *
   * @throws CommandException if other options are given too
   */
  Optional<String> json() {
    if (json.isPresent() && isGiven()) {
      throw CommandException.error(
          "--json replaces the whole tenant and cannot be combined with other options.");
    }
    return json;
  }

  /** Whether any option other than {@code --json} is given. */
  boolean isGiven() {
    return quota.isGiven()
        || models.isPresent()
        || !aliases.isEmpty()
        || !noAliases.isEmpty()
        || origins.isPresent()
        || requireEndUser.isPresent();
  }

  /**
   * Returns the tenant with the options applied.
   *
   * @throws IllegalArgumentException if the result is not a valid tenant
   */
  Tenant applyTo(Tenant tenant) {
    return new Tenant(
        tenant.id(),
        tenant.status(),
        quota.applyTo(tenant.quota()),
        models.map(TenantOptions::models).or(tenant::models),
        aliases(tenant.modelAliases()),
        origins(tenant.allowedOrigins()),
        requireEndUser.orElse(tenant.requireEndUser()),
        tenant.issuers(),
        tenant.endUserTiers());
  }

  private Map<String, String> aliases(Map<String, String> current) {
    var result = new LinkedHashMap<>(current);
    noAliases.forEach(result::remove);
    aliases.forEach((alias, model) -> {
      requireShort("--alias", alias);
      requireShort("--alias", model);
    });
    result.putAll(aliases);
    return result;
  }

  private Optional<List<String>> origins(Optional<List<String>> current) {
    if (origins.isEmpty()) {
      return current;
    }
    return origins.filter(text -> !text.equals(DEPLOYMENT_DEFAULT)).map(TenantOptions::names);
  }

  /**
   * Reads a list of models' names.
   *
   * @throws CommandException if one is too long
   */
  static List<String> models(String list) {
    var models = names(list);
    models.forEach(model -> requireShort("--models", model));
    return models;
  }

  private static void requireShort(String option, String model) {
    if (ModelName.isTooLong(model)) {
      throw CommandException.error(
          "%s: a model name has at most %d bytes.".formatted(option, ModelName.MAX_BYTES));
    }
  }

  private static List<String> names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }
}
