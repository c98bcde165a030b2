package dev.chatgate.cli.issuer;

import dev.chatgate.admin.IssuerJson;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate issuer …}. */
@Command(
    name = "issuer",
    description = "Add, list and remove the issuers whose login tokens a tenant accepts.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate issuer list acme")
public final class IssuerCommands {
  private static final List<Limit> LONG_TERM_LIMITS =
      List.of(Limits.TOKENS_PER_DAY, Limits.TOKENS_PER_MONTH, Limits.COST_PER_MONTH);

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public IssuerCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "add",
      description = {
        "Accept the login tokens (JSON Web Tokens) of an issuer, within CHATGATE_CACHE_SECONDS.",
        "Warns if the tenant has no limit per day or month, and if it has no tiers for --tier-claim."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = {
        "  chatgate issuer add acme https://login.example/ --audience my-app \\",
        "      --require email_verified=true"
      })
  int add(
      @Parameters(index = "0", paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Parameters(
              index = "1",
              paramLabel = "URL",
              description =
                  "The issuer, exactly as the claim iss of its tokens: an https URL, or http on"
                      + " localhost.")
          String url,
      @Mixin IssuerOptions options) {
    var issuer = options.issuer(url, environment::readFile);
    try (var deployment = deploymentOptions.open()) {
      var tenants = deployment.tenants();
      if (!tenants.edit(id, tenant -> with(tenant, issuer))) {
        throw noTenant(id);
      }
      tenants.find(id).ifPresent(tenant -> warn(tenant, issuer));
    }
    environment.out().println("Added issuer " + url + " to tenant " + id + ".");
    return ExitCodes.OK;
  }

  private void warn(Tenant tenant, Issuer issuer) {
    var id = tenant.id();
    if (hasNoLongTermLimit(tenant)) {
      environment
          .err()
          .println(
              ("Warning: tenant %s has no limit per day or month. If anybody can sign up at the"
                      + " issuer, nothing else bounds what they use. To set one: chatgate tenant"
                      + " set %s --tokens-per-day N")
                  .formatted(id, id));
    }
    if (issuer.tierClaim().isPresent() && tenant.endUserTiers().isEmpty()) {
      environment
          .err()
          .println(
              ("Warning: tenant %s has no tiers, so --tier-claim has no effect yet. To add one:"
                      + " chatgate tenant tier set %s default --tokens-per-day N")
                  .formatted(id, id));
    }
  }

  private static Tenant with(Tenant tenant, Issuer issuer) {
    if (tenant.issuers().stream().anyMatch(has(issuer.issuer()))) {
      throw CommandException.negative(
          "Tenant %s already has the issuer %s. To change it, remove it first."
              .formatted(tenant.id(), issuer.issuer()));
    }
    var issuers = new ArrayList<>(tenant.issuers());
    issuers.add(issuer);
    IssuerJson.requireTogether(issuers);
    return tenant.withIssuers(issuers);
  }

  private static boolean hasNoLongTermLimit(Tenant tenant) {
    return LONG_TERM_LIMITS.stream().allMatch(limit -> tenant.quota().get(limit).isEmpty());
  }

  @Command(
      name = "list",
      description = "List a tenant's issuers.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate issuer list acme --json")
  int list(
      @Parameters(paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Option(
              names = "--json",
              description = "Print JSON in the format of issuers in CHATGATE_TENANTS.")
          boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var issuers = tenant(deployment, id).issuers();
      environment
          .out()
          .print(json ? IssuerFormatter.json(issuers) : IssuerFormatter.table(issuers));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "remove",
      description =
          "Reject the login tokens of an issuer, within CHATGATE_CACHE_SECONDS. Calls in flight"
              + " finish normally.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate issuer remove acme https://login.example/")
  int remove(
      @Parameters(index = "0", paramLabel = "TENANT", description = "Tenant ID.") TenantId id,
      @Parameters(index = "1", paramLabel = "URL", description = "The issuer.") String url,
      @Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      var _ = without(tenant(deployment, id), url);
      environment.confirm(yes, "Remove issuer " + url + " from tenant " + id + "?");
      if (!deployment.tenants().edit(id, tenant -> without(tenant, url))) {
        throw noTenant(id);
      }
    }
    environment.out().println("Removed issuer " + url + " from tenant " + id + ".");
    return ExitCodes.OK;
  }

  private static Tenant without(Tenant tenant, String url) {
    var issuers = tenant.issuers().stream().filter(has(url).negate()).toList();
    if (issuers.size() == tenant.issuers().size()) {
      throw CommandException.negative("Tenant " + tenant.id() + " has no issuer " + url + ".");
    }
    return tenant.withIssuers(issuers);
  }

  private static Predicate<Issuer> has(String url) {
    return issuer -> issuer.issuer().equals(url);
  }

  private static Tenant tenant(Deployment deployment, TenantId id) {
    return deployment.tenants().find(id).orElseThrow(() -> noTenant(id));
  }

  private static CommandException noTenant(TenantId id) {
    return CommandException.negative("Tenant " + id + " does not exist.");
  }
}
