package dev.chatgate.cli.key;

import dev.chatgate.admin.TenantKey;
import dev.chatgate.admin.TenantSpec;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate key …}. */
@Command(
    name = "key",
    description = "Create, list, change and revoke tenants' API keys.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate key list acme")
public final class KeyCommands {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public KeyCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "create",
      description = {
        "Create a key and print it on standard output.",
        "Only its hash is stored: the key cannot be shown again."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate key create acme --name web --expires 90d")
  int create(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId tenant,
      @Option(
              names = "--name",
              required = true,
              paramLabel = "NAME",
              description = "Name of the key in records and logs, 1 to 64 characters.")
          String name,
      @Option(
              names = "--expires",
              paramLabel = "WHEN",
              converter = Expiry.Converter.class,
              description = "Expiry: 2027-01-31, 2027-01-31T12:00:00Z, 90d or 12h. Default: never.")
          Optional<Expiry> expires,
      @Option(
              names = "--scope",
              split = ",",
              paramLabel = "SCOPE",
              converter = ScopeOption.Converter.class,
              completionCandidates = ScopeOption.Candidates.class,
              description = {
                "What the key may be used for: ${COMPLETION-CANDIDATES} (repeatable).",
                "Default: all but end_user_header."
              })
          @Nullable List<Scope> scopes) {
    var secret = TenantKeyGenerator.generate(environment.random());
    var expiresAt = expires.map(expiry -> expiry.from(environment.clock().instant()));
    if (expiresAt.stream().anyMatch(at -> !at.isAfter(environment.clock().instant()))) {
      throw CommandException.error("The expiry must be in the future.");
    }
    var key =
        new TenantSpec.Key(
            name, secret, expiresAt, scopes == null ? Scope.DEFAULT : ScopeOption.set(scopes));
    try (var deployment = deploymentOptions.open()) {
      switch (deployment.tenants().addKey(tenant, key)) {
        case DONE -> environment.out().println(secret);
        case NO_TENANT -> throw noTenant(tenant);
        case NAME ->
            throw CommandException.negative(
                "Tenant " + tenant + " already has a key named " + name + ".");
      }
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "list",
      description = "List a tenant's keys, oldest first.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate key list acme --json")
  int list(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId tenant,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var keys = keys(deployment, tenant);
      var now = environment.clock().instant();
      environment.out().print(json ? json(keys, now) : table(keys, now));
    }
    return ExitCodes.OK;
  }

  private static String table(List<TenantKey> keys, Instant now) {
    var table =
        new TextTable(
            List.of(
                Column.text("KEY"),
                Column.text("STATUS"),
                Column.text("EXPIRES"),
                Column.text("SCOPES")));
    for (var key : keys) {
      table.row(
          key.name(),
          status(key, now),
          key.expiresAt().map(Instant::toString).orElse("never"),
          ScopeOption.names(key.scopes()));
    }
    return table.toString();
  }

  private static String json(List<TenantKey> keys, Instant now) {
    return JsonOutput.pretty(json -> {
      json.writeStartArray();
      for (var key : keys) {
        json.writeStartObject();
        json.writeStringField("name", key.name());
        json.writeStringField("status", status(key, now));
        if (key.expiresAt().isPresent()) {
          json.writeStringField("expires_at", key.expiresAt().get().toString());
        }
        json.writeArrayFieldStart("scopes");
        for (var scope : key.scopes().stream().sorted().toList()) {
          json.writeString(scope.wireName());
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  private static String status(TenantKey key, Instant now) {
    return key.expiredAt(now) ? "expired" : "active";
  }

  @Command(
      name = "scopes",
      description = "Change what a key may be used for, within CHATGATE_CACHE_SECONDS.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate key scopes acme web --scope client_secrets,usage")
  int scopes(
      @Parameters(index = "0", paramLabel = "TENANT", description = "Tenant ID.") TenantId tenant,
      @Parameters(index = "1", paramLabel = "NAME", description = "Key name.") String name,
      @Option(
              names = "--scope",
              required = true,
              split = ",",
              paramLabel = "SCOPE",
              converter = ScopeOption.Converter.class,
              completionCandidates = ScopeOption.Candidates.class,
              description =
                  "All that the key may be used for: ${COMPLETION-CANDIDATES} (repeatable).")
          List<Scope> scopes) {
    var changed = ScopeOption.set(scopes);
    try (var deployment = deploymentOptions.open()) {
      switch (deployment.tenants().setScopes(tenant, name, changed)) {
        case DONE ->
            environment
                .out()
                .println(
                    "Key %s of tenant %s may now be used for: %s."
                        .formatted(name, tenant, ScopeOption.names(changed)));
        case NO_TENANT -> throw noTenant(tenant);
        case NAME -> throw noKey(tenant, name);
      }
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "revoke",
      description = "Revoke a key. Every instance rejects it within CHATGATE_CACHE_SECONDS.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate key revoke acme web")
  int revoke(
      @Parameters(index = "0", paramLabel = "TENANT", description = "Tenant ID.") TenantId tenant,
      @Parameters(index = "1", paramLabel = "NAME", description = "Key name.") String name,
      @Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      if (keys(deployment, tenant).stream().noneMatch(key -> key.name().equals(name))) {
        throw noKey(tenant, name);
      }
      environment.confirm(yes, "Revoke key " + name + " of tenant " + tenant + "?");
      switch (deployment.tenants().removeKey(tenant, name)) {
        case DONE ->
            environment.out().println("Revoked key " + name + " of tenant " + tenant + ".");
        case NO_TENANT -> throw noTenant(tenant);
        case NAME -> throw noKey(tenant, name);
      }
    }
    return ExitCodes.OK;
  }

  private static List<TenantKey> keys(Deployment deployment, TenantId tenant) {
    return deployment.tenants().keys(tenant).orElseThrow(() -> noTenant(tenant));
  }

  private static CommandException noTenant(TenantId tenant) {
    return CommandException.negative("Tenant " + tenant + " does not exist.");
  }

  private static CommandException noKey(TenantId tenant, String name) {
    return CommandException.negative("Tenant " + tenant + " has no key named " + name + ".");
  }
}
