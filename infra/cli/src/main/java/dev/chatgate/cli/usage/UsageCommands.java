package dev.chatgate.cli.usage;

import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.console.Progress;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate usage …}. */
@Command(
    name = "usage",
    description = "Report usage, follow calls live, correct what calls were charged.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate usage report")
public final class UsageCommands {
  private static final int DEFAULT_TOP = 100;
  private static final int MAX_TOP = 10_000;

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public UsageCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  /** The options of {@code usage report}. */
  static final class ReportOptions {
    @Option(
        names = "--from",
        paramLabel = "DATE",
        description = "First UTC day. Default: first day of the month of --to.")
    private Optional<LocalDate> from = Optional.empty();

    @Option(names = "--to", paramLabel = "DATE", description = "Last UTC day. Default: today.")
    private Optional<LocalDate> to = Optional.empty();

    @Option(
        names = "--tenant",
        paramLabel = "ID",
        split = ",",
        description = "Limit to these tenants (repeatable).")
    private List<TenantId> tenants = List.of();

    @Option(
        names = {"--by", "--group-by"},
        paramLabel = "WHAT",
        split = ",",
        defaultValue = "day",
        converter = GroupBy.Converter.class,
        completionCandidates = GroupBy.Candidates.class,
        description =
            "One row per tenant and day, per tenant and model, per tenant, day and model"
                + " (day,model), per tenant (tenant), or per tenant and person (user). Default:"
                + " ${DEFAULT-VALUE}.")
    private Set<GroupBy> by = Set.of();

    @Option(
        names = "--top",
        paramLabel = "N",
        description =
            "With --by user: number of persons of each tenant, those with the most tokens first."
                + " The others are summed as (other). Default: 100.")
    private Optional<Integer> top = Optional.empty();

    @Option(
        names = "--json",
        description = "Print JSON in the format of GET /v1/usage, with the tenant in each row.")
    private boolean json;

    @Option(names = "--csv", description = "Print CSV.")
    private boolean csv;

    @Option(
        names = "--html",
        paramLabel = "FILE",
        description = "Write a self-contained HTML page with charts.")
    private Optional<Path> html = Optional.empty();

    private void check() {
      int formats = (json ? 1 : 0) + (csv ? 1 : 0) + (html.isPresent() ? 1 : 0);
      if (formats > 1) {
        throw CommandException.error("--json, --csv and --html cannot be combined.");
      }
      boolean byUser = by.contains(GroupBy.USER);
      if (byUser && (by.contains(GroupBy.DAY) || by.contains(GroupBy.MODEL))) {
        throw CommandException.error("--by user cannot be combined with day or model.");
      }
      if (top.isPresent() && !byUser) {
        throw CommandException.error("--top needs --by user.");
      }
      if (top.isPresent() && (top.get() < 1 || top.get() > MAX_TOP)) {
        throw CommandException.error("--top must be from 1 to " + Amounts.whole(MAX_TOP) + ".");
      }
    }
  }

  @Command(
      name = "report",
      description = {
        "Report usage. Default: all tenants by day, this month.",
        "UNPRICED counts calls that were charged nothing because their model had no price. Daily"
            + " totals do not record this: there, it counts the calls of a model on a day without"
            + " any charge, unless the price list makes the model free.",
        "--by user reads every call record of the period, once for each 500,000 persons of a"
            + " tenant: about $0.03 per million records. The other reports read daily totals."
            + " Records are kept for 400 days. A correction counts for the person of the corrected"
            + " call. Calls without a person, and calls that died, are summed as (none)."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = {
        "  chatgate usage report --from 2026-11-01 --by model",
        "  chatgate usage report --tenant acme --by user --top 20"
      })
  int report(@Mixin ReportOptions options) {
    options.check();
    var to = options.to.orElseGet(environment::today);
    var from = options.from.orElse(to.withDayOfMonth(1));
    if (from.isAfter(to)) {
      throw CommandException.error("--from must not be after --to.");
    }
    try (var deployment = deploymentOptions.open()) {
      var tenants = deployment.tenants(options.tenants).values();
      var progress = new Progress(environment);
      var prices = new PriceCheck(deployment.prices());
      var report = new ReportReader(deployment.usage(), prices, progress).read(tenants, from, to);
      if (options.by.contains(GroupBy.USER)) {
        warnIfDeleted(from);
        report = userReader(deployment, options, progress).addTo(report);
      }
      print(report, options);
    }
    return ExitCodes.OK;
  }

  private void warnIfDeleted(LocalDate from) {
    var oldest = environment.today().minusDays(DynamoUsageRecords.KEPT_FOR.toDays());
    if (from.isBefore(oldest)) {
      environment
          .err()
          .println("Call records before " + oldest + " are deleted and not in the report by user.");
    }
  }

  private static UserUsageReader userReader(
      Deployment deployment, ReportOptions options, Progress progress) {
    return new UserUsageReader(
        deployment.records(),
        options.top.orElse(DEFAULT_TOP),
        UserUsageReader.MAX_USERS_IN_MEMORY,
        progress);
  }

  private void print(Report report, ReportOptions options) {
    if (options.html.isPresent()) {
      var page = UsagePage.of(report, deploymentOptions.target(), environment.clock().instant());
      write(options.html.get(), page);
    } else if (options.json) {
      environment.out().print(ReportFormatter.json(report, options.by));
    } else if (options.csv) {
      environment.out().print(ReportFormatter.csv(report, options.by));
    } else {
      environment.out().print(ReportFormatter.table(report, options.by));
    }
  }

  private void write(Path file, String page) {
    try {
      Files.writeString(file, page);
      environment.err().println("Wrote the report to " + file + ".");
    } catch (IOException e) {
      throw CommandException.error("Cannot write file " + file + ": " + reason(e) + ".");
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "no such directory";
      case AccessDeniedException _ -> "access denied";
      default -> String.valueOf(failure.getMessage());
    };
  }

  /** The options of {@code usage correct}. */
  static final class CorrectOptions {
    @Option(
        names = "--prompt-tokens",
        required = true,
        paramLabel = "N",
        description = "Correct number of prompt tokens, including cached ones.")
    private long prompt;

    @Option(
        names = "--completion-tokens",
        required = true,
        paramLabel = "N",
        description = "Correct number of completion tokens.")
    private long completion;

    @Option(
        names = "--cached-tokens",
        paramLabel = "N",
        description =
            "Correct number of cached prompt tokens. Default: the number charged now, but at most"
                + " --prompt-tokens.")
    private Optional<Long> cached = Optional.empty();

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Reason, 1 to 200 characters; stored in the record.")
    private String reason = "";

    @Option(
        names = "--tenant",
        paramLabel = "ID",
        description = "Tenant of the call. Default: search all tenants.")
    private Optional<TenantId> tenant = Optional.empty();

    @Option(
        names = "--day",
        paramLabel = "DATE",
        description = "UTC day of the call. Default: search all days, the latest first.")
    private Optional<LocalDate> day = Optional.empty();

    @Option(names = "--json", description = "Print the correction as JSON.")
    private boolean json;

    @Option(names = "--yes", description = HelpText.YES)
    private boolean yes;
  }

  @Command(
      name = "correct",
      description = {
        "Correct what a call was charged. The difference is stored in a record of its own.",
        "Usage totals include it on the day of the correction. The call keeps the price of its"
            + " admission."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = {
        "  chatgate usage correct REQUEST_ID --prompt-tokens 90 --completion-tokens 40 \\",
        "      --reason refund"
      })
  int correct(
      @Parameters(
              paramLabel = "REQUEST_ID",
              description = "The call's x-request-id, or its last 12 characters.")
          String requestId,
      @Mixin CorrectOptions options) {
    CorrectionSummary.checkReason(options.reason);
    try (var deployment = deploymentOptions.open()) {
      var call = find(deployment, requestId, options);
      var service =
          new CorrectionService(deployment.records(), deployment.settler(), deployment.clock());
      var charged = service.charged(call);
      var counts =
          CorrectionSummary.counts(options.prompt, options.cached, options.completion, charged);
      var corrected = CorrectedUsage.of(call, counts, deployment.prices());
      var summary = new CorrectionSummary(call, charged, corrected);
      if (summary.changesNothing()) {
        environment
            .out()
            .print(
                options.json
                    ? summary.json()
                    : "The call is already charged this amount. Nothing was changed.\n");
        return ExitCodes.OK;
      }
      if (!options.yes) {
        environment.err().print(summary.table());
      }
      environment.confirm(options.yes, "Apply this correction?");
      service.correct(call, corrected, options.reason);
      environment.out().print(options.json ? summary.json() : summary.done());
    }
    return ExitCodes.OK;
  }

  private UsageRecord find(Deployment deployment, String requestId, CorrectOptions options) {
    var tenants = deployment.tenants(options.tenant.stream().toList()).keySet();
    var search = new CallSearch(deployment.records(), new Progress(environment));
    var found =
        search
            .find(requestId, tenants, options.day, deployment.clock().instant())
            .orElseThrow(() -> CommandException.negative("No record of " + requestId + " found."));
    return switch (found.kind()) {
      case CALL, ORPHANED -> found;
      case RELEASED ->
          throw CommandException.negative(requestId + " was not admitted and was charged nothing.");
      case CORRECTION ->
          throw CommandException.negative(
              requestId + " is a correction itself; use the request ID of the corrected call.");
      case UNKNOWN ->
          throw CommandException.error(
              "A later release wrote the record of " + requestId + "; use its command line.");
    };
  }
}
