package dev.chatgate.cli.tenant;

import dev.chatgate.admin.TenantEdit;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.admin.TenantKey;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate tenant …}. */
@Command(
    name = "tenant",
    description = "Create, show and change tenants.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate tenant list")
public final class TenantCommands {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public TenantCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "create",
      description = {
        "Create a tenant. It has no keys unless --json contains some.",
        "For each limit, 0 blocks all calls and none means no limit."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant create acme --tokens-per-day 1000000 --models fast")
  int create(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Mixin TenantOptions options) {
    var edit = fromJson(id, options).orElseGet(() -> fromOptions(id, options));
    try (var deployment = deploymentOptions.open()) {
      if (!deployment.tenants().create(edit)) {
        throw CommandException.negative(
            "Tenant " + id + " already exists. To change it: chatgate tenant set " + id);
      }
    }
    environment.out().println("Created tenant " + id + ".");
    return ExitCodes.OK;
  }

  private static TenantEdit fromOptions(TenantId id, TenantOptions options) {
    var empty =
        new Tenant(
            id, TenantStatus.ACTIVE, Quota.UNLIMITED, Optional.empty(), Map.of(), Optional.empty());
    return new TenantEdit(options.applyTo(empty), Optional.empty());
  }

  private Optional<TenantEdit> fromJson(TenantId id, TenantOptions options) {
    return options.json().map(file -> TenantJson.readEdit(environment.readFile(file), id));
  }

  @Command(
      name = "list",
      description = "List all tenants. This scans the whole Tenants table.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant list --json")
  int list(
      @Option(names = "--json", description = "Print JSON in the format of CHATGATE_TENANTS.")
          boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var tenants = deployment.tenants().all();
      environment
          .out()
          .print(json ? TenantFormatter.json(tenants) : TenantFormatter.table(tenants));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "show",
      description = "Show a tenant.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant show acme")
  int show(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Option(
              names = "--json",
              description = "Print JSON that tenant set --json accepts, without keys.")
          boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var tenant = deployment.tenants().find(id).orElseThrow(() -> notFound(id));
      environment
          .out()
          .print(
              json
                  ? JsonOutput.pretty(TenantJson.write(tenant))
                  : TenantFormatter.details(tenant, keys(deployment, id)));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "set",
      description = {
        "Change a tenant. Concurrent changes by others are kept.",
        "For each limit, 0 blocks all calls and none removes the limit."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant set acme --tokens-per-day 2000000 --cost-per-month-usd none")
  int set(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Mixin TenantOptions options) {
    var edit = fromJson(id, options);
    if (edit.isEmpty() && !options.isGiven()) {
      throw CommandException.error("No change given. See: chatgate tenant set --help");
    }
    try (var deployment = deploymentOptions.open()) {
      var tenants = deployment.tenants();
      boolean exists =
          edit.map(tenants::replace).orElseGet(() -> tenants.edit(id, options::applyTo));
      if (!exists) {
        throw notFound(id);
      }
    }
    environment.out().println("Changed tenant " + id + ".");
    return ExitCodes.OK;
  }

  @Command(
      name = "suspend",
      description =
          "Reject every new call of a tenant, within CHATGATE_CACHE_SECONDS. Calls in flight finish"
              + " normally.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant suspend acme")
  int suspend(@Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id) {
    return setStatus(id, TenantStatus.SUSPENDED, "Suspended");
  }

  @Command(
      name = "resume",
      description = "Allow a suspended tenant to call again, within CHATGATE_CACHE_SECONDS.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant resume acme")
  int resume(@Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id) {
    return setStatus(id, TenantStatus.ACTIVE, "Resumed");
  }

  private int setStatus(TenantId id, TenantStatus status, String verb) {
    try (var deployment = deploymentOptions.open()) {
      if (!deployment.tenants().edit(id, tenant -> tenant.withStatus(status))) {
        throw notFound(id);
      }
    }
    environment.out().println(verb + " tenant " + id + ".");
    return ExitCodes.OK;
  }

  @Command(
      name = "delete",
      description = "Delete a tenant and its keys. Its usage records and counters are kept.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate tenant delete acme")
  int delete(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      int keys = keys(deployment, id).size();
      environment.confirm(
          yes, "Delete tenant " + id + " and its " + Amounts.count(keys, "key") + "?");
      if (!deployment.tenants().delete(id)) {
        throw notFound(id);
      }
    }
    environment
        .out()
        .println(
            "Deleted tenant " + id + " and its keys. Its usage records and counters are kept.");
    return ExitCodes.OK;
  }

  private static List<TenantKey> keys(Deployment deployment, TenantId id) {
    return deployment.tenants().keys(id).orElseThrow(() -> notFound(id));
  }

  private static CommandException notFound(TenantId id) {
    return CommandException.negative("Tenant " + id + " does not exist.");
  }
}
