package dev.chatgate.cli.ledger;

import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.Json;
import dev.chatgate.quota.reconcile.Reconciler.Run;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate reconcile}. */
@Command(
    name = "reconcile",
    description = {
      "Runs the reconciler once, now, beside the one on its schedule: settles what is past its"
          + " deadline, closes days.",
      "Ends with 0 after one whole run, 2 if it could not run, or not finish."
    })
public final class ReconcileCommand implements Callable<Integer> {
  private static final Duration LONGEST = Duration.ofHours(1);

  /** A store that was slow once is asked again; on the schedule the next run would. */
  private static final int MORE_RUNS = 2;

  private final CommandEnvironment shell;
  private final DeploymentOptions target;

  @Option(names = "--json", description = "Each run as a line of JSON.")
  private boolean json;

  /**
   * @param shell what is around
   * @param target the deployment
   */
  public ReconcileCommand(CommandEnvironment shell, DeploymentOptions target) {
    this.shell = shell;
    this.target = target;
  }

  @Override
  public Integer call() {
    try (var deployment = target.open()) {
      var reconciler = deployment.reconciler();
      var giveUpAt = deployment.clock().instant().plus(LONGEST);
      var run = reconciler.run(giveUpAt);
      print(run);
      for (int again = 0; again < MORE_RUNS && run.unfinished() > 0; again++) {
        run = reconciler.run(giveUpAt);
        print(run);
      }
      return run.unfinished() == 0 ? ExitCodes.OK : ExitCodes.CANNOT_RUN;
    }
  }

  private void print(Run run) {
    shell.out().println(json ? json(run) : sentence(run));
    if (run.unfinished() > 0) {
      var items = Amounts.count(run.unfinished(), "item");
      shell.err().printf("%s could not be finished.%n", items);
    }
  }

  private static String sentence(Run run) {
    return "%s: %d orphaned, %d applied, %d released, %s closed, %d flushed."
        .formatted(
            Amounts.count(run.items(), "item"),
            run.orphaned(),
            run.applied(),
            run.released(),
            Amounts.count(run.closedDays(), "day"),
            run.flushed());
  }

  private static String json(Run run) {
    return Json.line(json -> {
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
