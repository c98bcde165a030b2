package dev.chatgate.cli.tenant;

import dev.chatgate.aws.tenant.TenantEdit;
import dev.chatgate.aws.tenant.TenantJson;
import dev.chatgate.aws.tenant.TenantKey;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.cli.text.Json;
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
@Command(name = "tenant", description = "Makes, shows and changes tenants.")
public final class TenantCommands {
  private final CommandEnvironment shell;
  private final DeploymentOptions target;

  /**
   * @param shell what is around
   * @param target the deployment
   */
  public TenantCommands(CommandEnvironment shell, DeploymentOptions target) {
    this.shell = shell;
    this.target = target;
  }

  @Command(name = "create", description = "Makes a tenant, without keys unless its JSON has some.")
  int create(
      @Parameters(paramLabel = "ID", description = "Its name.") TenantId id,
      @Mixin TenantOptions options) {
    var edit = whole(id, options).orElseGet(() -> fresh(id, options));
    try (var deployment = target.open()) {
      if (!deployment.tenants().create(edit)) {
        throw RefusedException.no(
            "There is a tenant " + id + " already; change it with: chatgate tenant set " + id);
      }
    }
    shell.out().println("Tenant " + id + " is made.");
    return ExitCodes.OK;
  }

  private static TenantEdit fresh(TenantId id, TenantOptions options) {
    var empty =
        new Tenant(
            id, TenantStatus.ACTIVE, Quota.UNLIMITED, Optional.empty(), Map.of(), Optional.empty());
    return new TenantEdit(options.applyTo(empty), Optional.empty());
  }

  private Optional<TenantEdit> whole(TenantId id, TenantOptions options) {
    return options.json().map(file -> TenantJson.readEdit(shell.readFile(file), id));
  }

  @Command(name = "list", description = "Lists all tenants; reads the whole Tenants table.")
  int list(@Option(names = "--json", description = "As CHATGATE_TENANTS has it.") boolean json) {
    try (var deployment = target.open()) {
      var tenants = deployment.tenants().all();
      shell.out().print(json ? TenantText.json(tenants) : TenantText.table(tenants));
    }
    return ExitCodes.OK;
  }

  @Command(name = "show", description = "Shows a tenant.")
  int show(
      @Parameters(paramLabel = "ID", description = "Its name.") TenantId id,
      @Option(names = "--json", description = "As tenant set --json takes it; without keys.")
          boolean json) {
    try (var deployment = target.open()) {
      var tenant = deployment.tenants().find(id).orElseThrow(() -> none(id));
      shell
          .out()
          .print(
              json
                  ? Json.page(TenantJson.write(tenant))
                  : TenantText.page(tenant, keys(deployment, id)));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "set",
      description = "Changes a tenant. What others change at the same time stays changed.")
  int set(
      @Parameters(paramLabel = "ID", description = "Its name.") TenantId id,
      @Mixin TenantOptions options) {
    var edit = whole(id, options);
    if (edit.isEmpty() && !options.isGiven()) {
      throw RefusedException.cannotRun("Say what to change; see: chatgate tenant set --help");
    }
    try (var deployment = target.open()) {
      var tenants = deployment.tenants();
      boolean done = edit.map(tenants::replace).orElseGet(() -> tenants.edit(id, options::applyTo));
      if (!done) {
        throw none(id);
      }
    }
    shell.out().println("Tenant " + id + " is changed.");
    return ExitCodes.OK;
  }

  @Command(
      name = "suspend",
      description = "Refuses every call of a tenant from now on; calls in flight end normally.")
  int suspend(@Parameters(paramLabel = "ID", description = "Its name.") TenantId id) {
    return become(id, TenantStatus.SUSPENDED, "is suspended");
  }

  @Command(name = "resume", description = "Lets a suspended tenant call again.")
  int resume(@Parameters(paramLabel = "ID", description = "Its name.") TenantId id) {
    return become(id, TenantStatus.ACTIVE, "is active");
  }

  private int become(TenantId id, TenantStatus status, String words) {
    try (var deployment = target.open()) {
      if (!deployment.tenants().edit(id, tenant -> with(tenant, status))) {
        throw none(id);
      }
    }
    shell.out().println("Tenant " + id + " " + words + ".");
    return ExitCodes.OK;
  }

  private static Tenant with(Tenant tenant, TenantStatus status) {
    return new Tenant(
        tenant.id(),
        status,
        tenant.quota(),
        tenant.models(),
        tenant.modelAliases(),
        tenant.allowedOrigins());
  }

  @Command(
      name = "delete",
      description = "Deletes a tenant and, before it, its keys. Its records and counters stay.")
  int delete(
      @Parameters(paramLabel = "ID", description = "Its name.") TenantId id,
      @Option(names = "--yes", description = "Does not ask.") boolean yes) {
    try (var deployment = target.open()) {
      int keys = keys(deployment, id).size();
      shell.confirm(yes, "Delete tenant " + id + " and its " + counted(keys) + "?");
      if (!deployment.tenants().delete(id)) {
        throw none(id);
      }
    }
    shell
        .out()
        .println(
            "Tenant " + id + " and its keys are deleted; its usage records and counters stay.");
    return ExitCodes.OK;
  }

  private static String counted(int keys) {
    return keys == 1 ? "one key" : keys + " keys";
  }

  private static List<TenantKey> keys(Deployment deployment, TenantId id) {
    return deployment.tenants().keys(id).orElseThrow(() -> none(id));
  }

  private static RefusedException none(TenantId id) {
    return RefusedException.no("There is no tenant " + id + ".");
  }
}
