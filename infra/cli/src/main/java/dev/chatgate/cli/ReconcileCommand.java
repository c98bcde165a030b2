package dev.chatgate.cli;

import dev.chatgate.quota.Reconciler.Run;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code chatgate reconcile}. */
@Command(
    name = "reconcile",
    description = {
      "Runs the reconciler once, now, beside the one on its schedule: settles what is past its"
          + " deadline, closes days.",
      "Exit codes: 0 one whole run, 2 it could not run, or not finish."
    })
final class ReconcileCommand implements Callable<Integer> {
  private static final Duration LONGEST = Duration.ofHours(1);

  /** A store that was slow once is asked again; on the schedule the next run would. */
  private static final int MORE_RUNS = 2;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @ParentCommand
  @SuppressWarnings("NullAway.Init")
  private Chatgate chatgate;

  @Override
  public Integer call() {
    try (var deployment = chatgate.open()) {
      var giveUpAt = deployment.clock().instant().plus(LONGEST);
      var reconciler = deployment.reconciler();
      var run = reconciler.run(giveUpAt);
      print(run);
      for (int again = 0; again < MORE_RUNS && run.unfinished() > 0; again++) {
        run = reconciler.run(giveUpAt);
        print(run);
      }
      return run.unfinished() == 0 ? 0 : Chatgate.CANNOT_RUN;
    }
  }

  private void print(Run run) {
    spec.commandLine()
        .getOut()
        .printf(
            "%d items: %d orphaned, %d applied, %d released, %d days closed, %d flushed.%n",
            run.items(),
            run.orphaned(),
            run.applied(),
            run.released(),
            run.closedDays(),
            run.flushed());
    if (run.unfinished() > 0) {
      spec.commandLine().getErr().printf("%d items could not be finished.%n", run.unfinished());
    }
  }
}
