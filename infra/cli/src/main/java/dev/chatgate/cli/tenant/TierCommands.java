package dev.chatgate.cli.tenant;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate tenant tier …}. */
@Command(
    name = "tier",
    description = {
      "List, set and remove the tiers of a tenant's end users.",
      "Each end user of a tier has its limits, beside those of the tenant. Changes take effect"
          + " within CHATGATE_CACHE_SECONDS."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate tenant tier list acme")
public final class TierCommands {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public TierCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "list",
      description = "List a tenant's tiers.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant tier list acme --json")
  int list(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Option(
              names = "--json",
              description = "Print JSON in the format of end_user_tiers in CHATGATE_TENANTS.")
          boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var tenant = deployment.tenants().find(id).orElseThrow(() -> notFound(id));
      environment
          .out()
          .print(
              json
                  ? JsonOutput.pretty(TenantJson.writeTiers(tenant))
                  : TenantFormatter.tiers(tenant));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "set",
      description = {
        "Create or change a tier. The first tier of a tenant must be default: it holds for every end"
            + " user for whom neither the operator nor the credential names another one.",
        "For each limit, 0 blocks all calls and none means no limit."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = {
        "  chatgate tenant tier set acme default --tokens-per-day 20000",
        "  chatgate tenant tier set acme pro --tokens-per-day 200000 --warn-at 80,95"
      })
  int set(
      @Parameters(index = "0", paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Parameters(
              index = "1",
              paramLabel = "NAME",
              description = "Name of the tier, 1 to 64 visible ASCII characters.")
          String name,
      @Mixin TierOptions options) {
    var _ = TenantJson.requireTierName(name, "The name of a tier");
    try (var deployment = deploymentOptions.open()) {
      edit(deployment, id, tenant -> with(tenant, name, options));
    }
    environment.out().println("Set tier " + name + " of tenant " + id + ".");
    return ExitCodes.OK;
  }

  private static Map<String, EndUserTier> with(Tenant tenant, String name, TierOptions options) {
    var tiers = new HashMap<>(tenant.endUserTiers());
    var before = Optional.ofNullable(tiers.get(name));
    if (before.isPresent() && !options.isGiven()) {
      throw CommandException.error("No change given. See: chatgate tenant tier set --help");
    }
    if (tiers.isEmpty() && !name.equals(EndUserTier.DEFAULT)) {
      throw CommandException.error(
          ("Tenant %s has no tiers yet. Its first tier must be default: chatgate tenant tier set %s"
                  + " default --tokens-per-day N")
              .formatted(tenant.id(), tenant.id()));
    }
    tiers.put(name, options.applyTo(name, before));
    return tiers;
  }

  @Command(
      name = "remove",
      description = {
        "Remove a tier. Its end users then have the tier default.",
        "default can be removed last. Without tiers, the tenant's limits alone hold, and blocks of"
            + " end users have no effect."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant tier remove acme pro")
  int remove(
      @Parameters(index = "0", paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Parameters(index = "1", paramLabel = "NAME", description = "Name of the tier.") String name,
      @Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      var _ = without(deployment.tenants().find(id).orElseThrow(() -> notFound(id)), name);
      environment.confirm(yes, "Remove tier " + name + " of tenant " + id + "?");
      edit(deployment, id, tenant -> without(tenant, name));
    }
    environment.out().println("Removed tier " + name + " of tenant " + id + ".");
    return ExitCodes.OK;
  }

  private static Map<String, EndUserTier> without(Tenant tenant, String name) {
    var tiers = new HashMap<>(tenant.endUserTiers());
    if (tiers.remove(name) == null) {
      throw CommandException.negative("Tenant " + tenant.id() + " has no tier " + name + ".");
    }
    if (name.equals(EndUserTier.DEFAULT) && !tiers.isEmpty()) {
      throw CommandException.error(
          "The tier default can only be removed last; tenant "
              + tenant.id()
              + " has other tiers: "
              + String.join(", ", tiers.keySet().stream().sorted().toList())
              + ".");
    }
    return tiers;
  }

  /** The tiers of a tenant after a change. */
  private interface Change {
    Map<String, EndUserTier> of(Tenant tenant);
  }

  private static void edit(Deployment deployment, TenantId id, Change change) {
    boolean exists =
        deployment
            .tenants()
            .edit(id, tenant -> tenant.withEndUserTiers(List.copyOf(change.of(tenant).values())));
    if (!exists) {
      throw notFound(id);
    }
  }

  private static CommandException notFound(TenantId id) {
    return CommandException.negative("Tenant " + id + " does not exist.");
  }
}
