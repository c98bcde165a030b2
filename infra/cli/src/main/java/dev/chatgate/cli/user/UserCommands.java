package dev.chatgate.cli.user;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.console.Progress;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate user …}. */
@Command(
    name = "user",
    description = "Show, limit, block and forget the end users of a tenant.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate user show acme ann@example.com")
public final class UserCommands {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public UserCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  /** The parameters that name an end user. */
  static final class UserParameters {
    @Parameters(index = "0", paramLabel = "TENANT", description = "Tenant ID.")
    @SuppressWarnings("NullAway.Init")
    private TenantId tenant;

    @Parameters(
        index = "1",
        paramLabel = "ID",
        description = "The end user's ID, as in usage report --by user.")
    @SuppressWarnings("NullAway.Init")
    private EndUser endUser;

    private QuotaKey key() {
      return QuotaKey.of(tenant, endUser);
    }

    @Override
    public String toString() {
      return "end user " + endUser.id() + " of tenant " + tenant;
    }
  }

  @Command(
      name = "show",
      description = {
        "Show an end user: the tier in force and who named it, a block, and each limit of the tier.",
        "Somebody who never called is shown too: only IDs of end users who called, or for whom an"
            + " operator did something, are stored."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate user show acme ann@example.com")
  int show(
      @Mixin UserParameters user,
      @Option(
              names = "--credential-tier",
              paramLabel = "NAME",
              description =
                  "Tier that the end user's client secret or login names. It is not stored; without"
                      + " this option, none is assumed.")
          Optional<String> credentialTier,
      @Option(names = "--json", description = "Print JSON.") boolean json,
      @Option(names = "--csv", description = "Print CSV, one line per limit.") boolean csv) {
    if (json && csv) {
      throw CommandException.error("--json and --csv cannot be combined.");
    }
    try (var deployment = deploymentOptions.open()) {
      var tenant = tenant(deployment, user.tenant);
      var state = deployment.usage().readEndUser(tenant, user.endUser, credentialTier);
      var standing = new UserStanding(tenant, user.endUser, credentialTier, state);
      environment.out().print(format(standing, json, csv));
    }
    return ExitCodes.OK;
  }

  private static String format(UserStanding standing, boolean json, boolean csv) {
    if (json) {
      return UserFormatter.json(standing);
    }
    return csv ? UserFormatter.csv(standing) : UserFormatter.table(standing);
  }

  @Command(
      name = "tier",
      description = {
        "Give an end user a tier of the tenant's, or take it away.",
        "It holds at the end user's next call, whatever tier the credential names."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = {
        "  chatgate user tier acme ann@example.com pro",
        "  chatgate user tier acme ann@example.com --remove"
      })
  int tier(
      @Mixin UserParameters user,
      @Parameters(
              index = "2",
              arity = "0..1",
              paramLabel = "NAME",
              description = "Name of the tier.")
          Optional<String> name,
      @Option(
              names = "--remove",
              description =
                  "Take the tier away, so that the credential's, or default, holds again.")
          boolean remove) {
    if (name.isPresent() == remove) {
      throw CommandException.error("Name a tier, or use --remove. See: chatgate user tier --help");
    }
    try (var deployment = deploymentOptions.open()) {
      var tiers = tenantWithTiers(deployment, user.tenant).endUserTiers().keySet();
      if (name.isPresent() && !tiers.contains(name.get())) {
        throw CommandException.error(
            "Tenant %s has no tier %s. It has: %s."
                .formatted(
                    user.tenant, name.get(), String.join(", ", tiers.stream().sorted().toList())));
      }
      if (remove && !item(deployment, user).has(ItemNames.OPERATOR_TIER)) {
        return done("No tier is set for " + user + ". Nothing was changed.");
      }
      write(deployment, user, EndUserWrite.tier(name, deployment.clock().instant()));
    }
    return done(
        name.map(tier -> "Set tier " + tier + " for " + user + ".")
            .orElse("Removed the tier of " + user + "."));
  }

  @Command(
      name = "block",
      description = {
        "Reject every new call of an end user with 403, until it is unblocked.",
        "It holds at once, at every instance: each admission checks it where it writes. Calls in"
            + " flight finish normally. It never expires. The tenant needs tiers: without them,"
            + " admissions do not look at end users."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate user block acme ann@example.com")
  int block(@Mixin UserParameters user) {
    try (var deployment = deploymentOptions.open()) {
      var _ = tenantWithTiers(deployment, user.tenant);
      write(deployment, user, EndUserWrite.block(deployment.clock().instant()));
    }
    return done("Blocked " + user + ". New calls are rejected from now on.");
  }

  @Command(
      name = "unblock",
      description =
          "Allow a blocked end user to call again. An instance that has just rejected a call of the end"
              + " user notices it 3 seconds later.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate user unblock acme ann@example.com")
  int unblock(@Mixin UserParameters user) {
    try (var deployment = deploymentOptions.open()) {
      var _ = tenantWithTiers(deployment, user.tenant);
      if (!item(deployment, user).has(ItemNames.BLOCKED)) {
        return done("No block is set for " + user + ". Nothing was changed.");
      }
      write(deployment, user, EndUserWrite.unblock(deployment.clock().instant()));
    }
    return done("Unblocked " + user + ".");
  }

  @Command(
      name = "forget",
      description = {
        "Remove an end user's counters, and the end user's ID from all call records. The records"
            + " stay, without the ID; so do a block and a tier that the operator gave. Somebody who"
            + " calls again begins at zero.",
        "It reads every call record of the tenant: about $0.03 per million records, and $0.63 to"
            + " $1.25 per million records of the end user. Records of the last 20 minutes are left,"
            + " since their calls may be in flight. If it is interrupted, run it again: what is done"
            + " is not done twice."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate user forget acme ann@example.com")
  int forget(
      @Mixin UserParameters user,
      @Option(
              names = "--from",
              paramLabel = "DATE",
              description =
                  "First UTC day of the records to read. Default: the oldest day of which records are"
                      + " kept.")
          Optional<LocalDate> from,
      @Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      var tenant = deployment.tenants(List.of(user.tenant)).get(user.tenant);
      if (tenant == null) {
        throw notFound(user.tenant);
      }
      var run =
          new ForgetRun(
              deployment.records(),
              deployment.usage(),
              environment.err(),
              new Progress(environment),
              tenant,
              user.endUser);
      var now = deployment.clock().instant();
      var first = from.orElse(ForgetRun.oldestDay(now));
      environment.err().println(run.price(first, now));
      environment.confirm(yes, "Forget " + user + "?");
      removeCounters(deployment, user);
      run.run(first, now).lines().forEach(environment.out()::println);
    }
    return ExitCodes.OK;
  }

  private void removeCounters(Deployment deployment, UserParameters user) {
    if (item(deployment, user).attributes().isEmpty()) {
      environment.out().println("There are no counters of " + user + ".");
      return;
    }
    write(deployment, user, EndUserWrite.forget(deployment.clock().instant()));
    environment.out().println("Removed the counters of " + user + ".");
  }

  private static QuotaItem item(Deployment deployment, UserParameters user) {
    return deployment.quotaItems().read(user.key());
  }

  private static void write(
      Deployment deployment, UserParameters user, Function<QuotaItem, ItemUpdate> write) {
    if (EndUserWrite.write(deployment.quotaItems(), user.key(), write).isEmpty()) {
      throw CommandException.error(
          "The counters of "
              + user
              + " kept changing. Nothing was changed; run the command again.");
    }
  }

  private int done(String sentence) {
    environment.out().println(sentence);
    return ExitCodes.OK;
  }

  private static Tenant tenant(Deployment deployment, TenantId id) {
    return deployment.tenants().find(id).orElseThrow(() -> notFound(id));
  }

  private static Tenant tenantWithTiers(Deployment deployment, TenantId id) {
    var tenant = tenant(deployment, id);
    if (tenant.endUserTiers().isEmpty()) {
      throw CommandException.error(
          ("Tenant %s has no tiers, so admissions do not look at its end users, and nothing was"
                  + " changed. To add a tier: chatgate tenant tier set %s default --tokens-per-day N")
              .formatted(id, id));
    }
    return tenant;
  }

  private static CommandException notFound(TenantId id) {
    return CommandException.negative("Tenant " + id + " does not exist.");
  }
}
