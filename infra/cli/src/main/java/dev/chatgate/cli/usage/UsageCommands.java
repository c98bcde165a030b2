package dev.chatgate.cli.usage;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.cli.deployment.AwsFailures;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.shell.Progress;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate usage …}. */
@Command(name = "usage", description = "Reports what was used, shows calls live, corrects records.")
public final class UsageCommands {
  /** Looks between two lists of the tenants. */
  private static final int LOOKS_AT_THE_SAME = 30;

  private final CommandEnvironment shell;
  private final DeploymentOptions target;

  /**
   * @param shell what is around
   * @param target the deployment
   */
  public UsageCommands(CommandEnvironment shell, DeploymentOptions target) {
    this.shell = shell;
    this.target = target;
  }

  /** What a report is of, and how it looks. */
  static final class ReportOptions {
    @Option(names = "--from", paramLabel = "DATE", description = "First UTC day; else the month's.")
    private Optional<LocalDate> from = Optional.empty();

    @Option(names = "--to", paramLabel = "DATE", description = "Last UTC day; else today.")
    private Optional<LocalDate> to = Optional.empty();

    @Option(
        names = "--tenant",
        paramLabel = "ID",
        split = ",",
        description = "Of these only; may be given often.")
    private List<TenantId> tenants = List.of();

    @Option(
        names = {"--by", "--group-by"},
        paramLabel = "WHAT",
        split = ",",
        defaultValue = "day",
        description =
            "One row of each tenant and: day, model, both (day,model), or nothing else (tenant)."
                + " Else ${DEFAULT-VALUE}.")
    private Set<GroupBy> by = Set.of();

    @Option(names = "--json", description = "In the shape of GET /v1/usage, tenant in each row.")
    private boolean json;

    @Option(names = "--csv", description = "As comma-separated values.")
    private boolean csv;

    @Option(
        names = "--html",
        paramLabel = "FILE",
        description = "Writes a page with charts, complete in itself, instead.")
    private Optional<Path> html = Optional.empty();

    private void check() {
      int formats = (json ? 1 : 0) + (csv ? 1 : 0) + (html.isPresent() ? 1 : 0);
      if (formats > 1) {
        throw RefusedException.cannotRun("Choose one of --json, --csv and --html.");
      }
    }
  }

  @Command(
      name = "report",
      description = "Reports what tenants used: all of them, this month by day, by default.")
  int report(@Mixin ReportOptions options) {
    options.check();
    var to = options.to.orElseGet(shell::today);
    var from = options.from.orElse(to.withDayOfMonth(1));
    if (from.isAfter(to)) {
      throw RefusedException.cannotRun("--from is after --to.");
    }
    try (var deployment = target.open()) {
      var tenants = deployment.tenants(options.tenants).values();
      var reader = new ReportReader(deployment.usage(), new Progress(shell));
      print(reader.read(tenants, from, to), options);
    }
    return ExitCodes.OK;
  }

  private void print(Report report, ReportOptions options) {
    if (options.html.isPresent()) {
      write(options.html.get(), UsagePage.of(report, shell.clock().instant()));
    } else if (options.json) {
      shell.out().print(ReportText.json(report, options.by));
    } else if (options.csv) {
      shell.out().print(ReportText.csv(report, options.by));
    } else {
      shell.out().print(ReportText.table(report, options.by));
    }
  }

  private void write(Path file, String page) {
    try {
      Files.writeString(file, page);
      shell.err().println("The report is in " + file + ".");
    } catch (IOException e) {
      throw RefusedException.cannotRun("The file " + file + " cannot be written.");
    }
  }

  @Command(
      name = "tail",
      description = {
        "Shows calls as their records come, until Ctrl-C.",
        "Each look reads the records of the last 20 minutes: name tenants where those are many."
      })
  int tail(
      @Option(
              names = "--tenant",
              paramLabel = "ID",
              split = ",",
              description = "Of these only; may be given often.")
          @Nullable List<TenantId> only,
      @Option(
              names = "--every",
              paramLabel = "SECONDS",
              defaultValue = "2",
              description = "Between two looks; else ${DEFAULT-VALUE}.")
          int seconds,
      @Option(names = "--json", description = "Each as a line of JSON.") boolean json) {
    if (seconds < 1) {
      throw RefusedException.cannotRun("--every is at least 1.");
    }
    var wanted = only == null ? List.<TenantId>of() : only;
    try (var deployment = target.open()) {
      var tail = new Tail(deployment.records());
      var tenants = deployment.tenants(wanted).keySet();
      tail.look(tenants, deployment.clock().instant());
      for (int look = 1; goesOn(Duration.ofSeconds(seconds)); look++) {
        if (look % LOOKS_AT_THE_SAME == 0) {
          tenants = deployment.tenants(wanted).keySet();
        }
        show(deployment, tail, tenants, json);
      }
    }
    return ExitCodes.OK;
  }

  private boolean goesOn(Duration between) {
    shell.pause().pause(between);
    return !Thread.currentThread().isInterrupted();
  }

  private void show(Deployment deployment, Tail tail, Collection<TenantId> tenants, boolean json) {
    try {
      for (var record : tail.look(tenants, deployment.clock().instant())) {
        shell.out().println(json ? RecordText.json(record) : RecordText.line(record));
      }
    } catch (StoreUnavailableException e) {
      // Whoever watches goes on watching.
      shell.err().println(AwsFailures.sentence(e).orElse("The store does not answer."));
    }
    if (shell.out().checkError()) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a call should have been charged. */
  static final class CorrectOptions {
    @Option(
        names = "--prompt-tokens",
        required = true,
        paramLabel = "N",
        description = "Prompt tokens that the call should have been charged, cached ones included.")
    private long prompt;

    @Option(
        names = "--completion-tokens",
        required = true,
        paramLabel = "N",
        description = "Completion tokens that it should have been charged.")
    private long completion;

    @Option(
        names = "--cached-tokens",
        paramLabel = "N",
        description =
            "How many of the prompt's are cached ones; else as many as are charged, as far as the"
                + " prompt holds them.")
    private Optional<Long> cached = Optional.empty();

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, 1 to 200 characters; the record keeps it.")
    private String reason = "";

    @Option(names = "--tenant", paramLabel = "ID", description = "Whose call it is; else any's.")
    private Optional<TenantId> tenant = Optional.empty();

    @Option(
        names = "--day",
        paramLabel = "DATE",
        description = "UTC day of the call; else all are looked through, the latest first.")
    private Optional<LocalDate> day = Optional.empty();

    @Option(names = "--json", description = "The correction as JSON.")
    private boolean json;

    @Option(names = "--yes", description = "Does not ask.")
    private boolean yes;
  }

  @Command(
      name = "correct",
      description = {
        "Corrects what a call was charged, to what it should have been, with a record of its own.",
        "Sums include it, on the day on which it is made; the call's price stays that of its"
            + " admission."
      })
  int correct(
      @Parameters(
              paramLabel = "REQUEST_ID",
              description = "The call's x-request-id, or its last 12" + " characters.")
          String requestId,
      @Mixin CorrectOptions options) {
    CorrectionText.checkReason(options.reason);
    try (var deployment = target.open()) {
      var call = find(deployment, requestId, options);
      var correcting =
          new CorrectionService(deployment.records(), deployment.settler(), deployment.clock());
      var charged = correcting.charged(call);
      var counts =
          CorrectionText.counts(options.prompt, options.cached, options.completion, charged);
      var truth = CorrectedUsage.of(call, counts, deployment.prices().prices());
      var text = new CorrectionText(call, charged, truth);
      if (text.changesNothing()) {
        shell.out().print(options.json ? text.json() : "That is what the call is charged.\n");
        return ExitCodes.OK;
      }
      if (!options.yes) {
        shell.err().print(text.table());
      }
      shell.confirm(options.yes, "Correct it?");
      correcting.correct(call, truth, options.reason);
      shell.out().print(options.json ? text.json() : text.done());
    }
    return ExitCodes.OK;
  }

  private UsageRecord find(Deployment deployment, String requestId, CorrectOptions options) {
    var tenants = deployment.tenants(options.tenant.stream().toList()).keySet();
    var search = new CallSearch(deployment.records(), new Progress(shell));
    var found =
        search
            .find(requestId, tenants, options.day, deployment.clock().instant())
            .orElseThrow(() -> RefusedException.no("There is no record of " + requestId + "."));
    return switch (found.kind()) {
      case CALL, ORPHANED -> found;
      case RELEASED ->
          throw RefusedException.no(requestId + " was never admitted: it was charged nothing.");
      case CORRECTION ->
          throw RefusedException.no(
              requestId + " is itself a correction; name the call that it corrects.");
    };
  }
}
