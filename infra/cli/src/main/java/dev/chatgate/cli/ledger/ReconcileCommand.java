package dev.chatgate.cli.ledger;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.quota.reconcile.ReconcilerRun;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate reconcile}. */
@Command(
    name = "reconcile",
    description = {
      "Run the reconciler once now, in addition to its schedule: settle calls past their deadline"
          + " and close past days.",
      "Exit codes: 0 complete run, 2 error or incomplete run."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate reconcile")
public final class ReconcileCommand implements Callable<Integer> {
  private static final Duration MAX_DURATION = Duration.ofHours(1);

  /** Further runs while items are unfinished, for example because the store was slow. */
  private static final int MAX_RETRIES = 2;

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  @Option(names = "--json", description = "Print each run as one line of JSON.")
  private boolean json;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public ReconcileCommand(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Override
  public Integer call() {
    try (var deployment = deploymentOptions.open()) {
      var reconciler = deployment.reconciler();
      var giveUpAt = deployment.clock().instant().plus(MAX_DURATION);
      var run = reconciler.run(giveUpAt);
      print(run);
      for (int retry = 0; retry < MAX_RETRIES && run.unfinished() > 0; retry++) {
        run = reconciler.run(giveUpAt);
        print(run);
      }
      return run.unfinished() == 0 ? ExitCodes.OK : ExitCodes.ERROR;
    }
  }

  private void print(ReconcilerRun run) {
    environment.out().println(json ? json(run) : sentence(run));
    if (run.unfinished() > 0) {
      var items = Amounts.count(run.unfinished(), "item");
      environment.err().printf("Not finished: %s.%n", items);
    }
  }

  private static String sentence(ReconcilerRun run) {
    return "%s: %d orphaned, %d applied, %d released, %s closed, %d flushed."
        .formatted(
            Amounts.count(run.items(), "item"),
            run.orphaned(),
            run.applied(),
            run.released(),
            Amounts.count(run.closedDays(), "day"),
            run.flushed());
  }

  private static String json(ReconcilerRun run) {
    return JsonOutput.compact(json -> {
      json.writeStartObject();
      json.writeNumberField("items", run.items());
      json.writeNumberField("orphaned", run.orphaned());
      json.writeNumberField("applied", run.applied());
      json.writeNumberField("released", run.released());
      json.writeNumberField("closed_days", run.closedDays());
      json.writeNumberField("flushed", run.flushed());
      json.writeNumberField("unfinished", run.unfinished());
      json.writeEndObject();
    });
  }
}
