package dev.chatgate.quota.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
    onOneThread(() -> {
      for (long seed = SEED; seed < SEED + SCHEDULES; seed++) {
        check(seed, coverage);
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
    onOneThread(() -> {
      for (long seed = SEED; seed < SEED + CROWDS; seed++) {
        var crowd = new SimCrowd(seed, CALLS_A_CROWD, coverage);
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
  }

  /** Actors change places fastest where all threads are virtual. */
  private static void onOneThread(Runnable task) {
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
    done.join();
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
