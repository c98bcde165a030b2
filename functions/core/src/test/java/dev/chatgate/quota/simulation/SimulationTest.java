package dev.chatgate.quota.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * Admission, settlement and reconciliation in many schedules, each drawn from its seed.
 *
 * <p>{@code -Dchatgate.simulation.seed=1} is the first seed, {@code
 * -Dchatgate.simulation.schedules=100000} the number of schedules.
 */
class SimulationTest {
  private static final long SEED = Long.getLong("chatgate.simulation.seed", 1);
  private static final long SCHEDULES = Long.getLong("chatgate.simulation.schedules", 100_000);

  /** Schedules in which everything that can happen should have happened. */
  private static final long ENOUGH_FOR_ALL = 50_000;

  private static final int CROWDS = 24;
  private static final int CALLS_A_CROWD = 2_500;

  @Test
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void theLedgerKeepsItsPromisesInEverySchedule(TestReporter reporter) {
    var coverage = new SimCoverage();
    inTwoHalves(
        coverage,
        half -> {
          for (long seed = SEED + half.index(); seed < SEED + SCHEDULES; seed += 2) {
            check(seed, half.coverage());
          }
        });
    reporter.publishEntry("simulation", coverage.toString());
    if (SCHEDULES >= ENOUGH_FOR_ALL) {
      assertEquals(new TreeSet<String>(), coverage.missing(), "never happened");
    }
  }

  /** At most 1.05 writes an admission and 1.3 an applying, and no call that is given up. */
  @Test
  void callersWithoutAPauseDoNotCollide(TestReporter reporter) {
    var coverage = new SimCoverage();
    inTwoHalves(
        coverage,
        half -> {
          for (long seed = SEED + half.index(); seed < SEED + CROWDS; seed += 2) {
            var crowd = new SimCrowd(seed, CALLS_A_CROWD, half.coverage());
            crowd.run();
            var again = "crowd " + seed;
            crowd
                .world()
                .failure()
                .ifPresent(e -> {
                  throw new AssertionError(again, e);
                });
            assertEquals(0, crowd.givenUp(), again);
          }
        });
    double calls = CROWDS * CALLS_A_CROWD;
    double admission = coverage.calls(SimStep.ADMIT) / calls;
    double applying = coverage.calls(SimStep.APPLY) / calls;
    var writes = "writes an admission %.3f, an applying %.3f".formatted(admission, applying);
    reporter.publishEntry("crowds", writes);
    assertTrue(admission <= 1.05 && applying <= 1.3, writes);
  }

  @Test
  void aSeedReplaysItsSchedule() {
    var done =
        onOneThread(() -> {
          for (long seed = SEED; seed < SEED + 50; seed++) {
            var once = new SimSchedule(seed, true, new SimCoverage());
            once.run();
            var again = new SimSchedule(seed, true, new SimCoverage());
            again.run();
            assertTrue(once.world().trace().size() > 5, "nothing happened");
            assertEquals(once.world().trace(), again.world().trace());
          }
        });
    done.join();
  }

  /** Every second seed, and what happened with these. */
  private record Half(int index, SimCoverage coverage) {}

  /** Schedules know nothing of each other, so that two processors can run them. */
  private static void inTwoHalves(SimCoverage sum, Consumer<Half> task) {
    var halves = List.of(new Half(0, new SimCoverage()), new Half(1, new SimCoverage()));
    var runs = halves.stream().map(half -> onOneThread(() -> task.accept(half))).toList();
    runs.forEach(CompletableFuture::join);
    halves.forEach(half -> sum.add(half.coverage()));
  }

  /** Actors change places fastest where all threads are virtual. */
  private static CompletableFuture<Void> onOneThread(Runnable task) {
    var done = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            task.run();
            done.complete(null);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  private static void check(long seed, SimCoverage coverage) {
    var schedule = new SimSchedule(seed, false, coverage);
    schedule.run();
    var failure = schedule.world().failure();
    if (failure.isPresent()) {
      var replay = new SimSchedule(seed, true, new SimCoverage());
      replay.run();
      throw new AssertionError(
          String.join("\n", replay.world().trace())
              + "\nThis was schedule "
              + seed
              + ": "
              + failure.get().getMessage()
              + "\nAgain: -Dchatgate.simulation.seed="
              + seed
              + " -Dchatgate.simulation.schedules=1",
          failure.get());
    }
  }
}
