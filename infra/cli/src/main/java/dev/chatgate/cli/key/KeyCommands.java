package dev.chatgate.cli.key;

import dev.chatgate.aws.tenant.TenantKey;
import dev.chatgate.aws.tenant.TenantSpec;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.cli.text.Json;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate key …}. */
@Command(name = "key", description = "Makes and revokes the keys that tenants call with.")
public final class KeyCommands {
  private final CommandEnvironment shell;
  private final DeploymentOptions target;

  /**
   * @param shell what is around
   * @param target the deployment
   */
  public KeyCommands(CommandEnvironment shell, DeploymentOptions target) {
    this.shell = shell;
    this.target = target;
  }

  @Command(
      name = "create",
      description =
          "Makes a key and prints it, alone, on standard output: this once, for it is stored"
              + " nowhere.")
  int create(
      @Parameters(paramLabel = "TENANT", description = "Whose.") TenantId tenant,
      @Option(
              names = "--name",
              required = true,
              paramLabel = "NAME",
              description = "What records and logs call it, 1 to 64 characters.")
          String name,
      @Option(
              names = "--expires",
              paramLabel = "WHEN",
              converter = Expiry.Converter.class,
              description = "2027-01-31, 2027-01-31T12:00:00Z, 90d or 12h; else never.")
          Optional<Expiry> expires) {
    var secret = Secrets.fresh(shell.random());
    var expiresAt = expires.map(expiry -> expiry.from(shell.clock().instant()));
    if (expiresAt.stream().anyMatch(at -> !at.isAfter(shell.clock().instant()))) {
      throw RefusedException.cannotRun("A key that has expired already is of no use.");
    }
    var key = new TenantSpec.Key(name, secret, expiresAt);
    try (var deployment = target.open()) {
      switch (deployment.tenants().addKey(tenant, key)) {
        case DONE -> shell.out().println(secret);
        case NO_TENANT -> throw noTenant(tenant);
        case NAME ->
            throw RefusedException.no("Tenant " + tenant + " has a key " + name + " already.");
      }
    }
    return ExitCodes.OK;
  }

  @Command(name = "list", description = "Lists a tenant's keys, oldest first.")
  int list(
      @Parameters(paramLabel = "TENANT", description = "Whose.") TenantId tenant,
      @Option(names = "--json", description = "As JSON.") boolean json) {
    try (var deployment = target.open()) {
      var keys = keys(deployment, tenant);
      var now = shell.clock().instant();
      shell.out().print(json ? json(keys, now) : table(keys, now));
    }
    return ExitCodes.OK;
  }

  private static String table(List<TenantKey> keys, Instant now) {
    var table =
        new TextTable(List.of(Column.text("KEY"), Column.text("STATUS"), Column.text("EXPIRES")));
    for (var key : keys) {
      table.row(
          key.name(), status(key, now), key.expiresAt().map(Instant::toString).orElse("never"));
    }
    return table.toString();
  }

  private static String json(List<TenantKey> keys, Instant now) {
    return Json.page(json -> {
      json.writeStartArray();
      for (var key : keys) {
        json.writeStartObject();
        json.writeStringField("name", key.name());
        json.writeStringField("status", status(key, now));
        if (key.expiresAt().isPresent()) {
          json.writeStringField("expires_at", key.expiresAt().get().toString());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  private static String status(TenantKey key, Instant now) {
    return key.expiredAt(now) ? "expired" : "active";
  }

  @Command(
      name = "revoke",
      description = "Revokes a key; within CHATGATE_CACHE_SECONDS no instance takes it any more.")
  int revoke(
      @Parameters(index = "0", paramLabel = "TENANT", description = "Whose.") TenantId tenant,
      @Parameters(index = "1", paramLabel = "NAME", description = "Its name.") String name,
      @Option(names = "--yes", description = "Does not ask.") boolean yes) {
    try (var deployment = target.open()) {
      if (keys(deployment, tenant).stream().noneMatch(key -> key.name().equals(name))) {
        throw noKey(tenant, name);
      }
      shell.confirm(yes, "Revoke key " + name + " of tenant " + tenant + "?");
      switch (deployment.tenants().removeKey(tenant, name)) {
        case DONE -> shell.out().println("Key " + name + " of tenant " + tenant + " is revoked.");
        case NO_TENANT -> throw noTenant(tenant);
        case NAME -> throw noKey(tenant, name);
      }
    }
    return ExitCodes.OK;
  }

  private static List<TenantKey> keys(Deployment deployment, TenantId tenant) {
    return deployment.tenants().keys(tenant).orElseThrow(() -> noTenant(tenant));
  }

  private static RefusedException noTenant(TenantId tenant) {
    return RefusedException.no("There is no tenant " + tenant + ".");
  }

  private static RefusedException noKey(TenantId tenant, String name) {
    return RefusedException.no("Tenant " + tenant + " has no key " + name + ".");
  }
}
