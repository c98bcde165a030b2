package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExchangeDeadlineTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(5);

  @Test
  void aLimitBeforeTheOneThatIsWaitedForIsMet() throws Exception {
    try (var timer = ExchangeDeadline.timer()) {
      var far = watched(timer, new CountDownLatch(1));
      var ended = new CountDownLatch(1);
      var near = watched(timer, ended);
      near.enter(TimeLimit.IDLE, SHORT);
      assertTrue(ended.await(60, TimeUnit.SECONDS));
      assertEquals(Optional.of(TimeLimit.IDLE), near.passed());
      assertEquals(Optional.empty(), far.passed());
    }
  }

  @Test
  void aLimitThatWasMovedAwayOrIsOverEndsNothing() throws Exception {
    try (var timer = ExchangeDeadline.timer()) {
      var moved = watched(timer, new CountDownLatch(1));
      moved.enter(TimeLimit.IDLE, Duration.ofMillis(50));
      moved.leave();
      var over = watched(timer, new CountDownLatch(1));
      over.enter(TimeLimit.IDLE, Duration.ofMillis(50));
      over.close();
      var later = new CountDownLatch(1);
      var last = watched(timer, later);
      last.enter(TimeLimit.IDLE, Duration.ofMillis(100));
      assertTrue(later.await(60, TimeUnit.SECONDS));
      assertEquals(Optional.empty(), moved.passed());
      assertEquals(Optional.empty(), over.passed());
    }
  }

  /** No schedule may lose a wake-up: each of many limits, set at once from many threads, is met. */
  @Test
  void everyLimitOfManyThreadsIsMet() throws Exception {
    long seed = System.nanoTime();
    int calls = 4_000;
    var met = new CountDownLatch(calls);
    var early = new AtomicInteger();
    try (var timer = ExchangeDeadline.timer();
        var threads = Executors.newFixedThreadPool(8)) {
      var random = new Random(seed);
      for (int i = 0; i < calls; i++) {
        var within = Duration.ofNanos(random.nextInt(3_000_000));
        threads.execute(() -> {
          long limit = System.nanoTime() + within.toNanos();
          var deadline =
              new ExchangeDeadline(
                  timer,
                  LONG,
                  () -> {
                    early.addAndGet(System.nanoTime() - limit < 0 ? 1 : 0);
                    met.countDown();
                  });
          deadline.start();
          deadline.enter(TimeLimit.CONNECT, within);
        });
      }
      assertTrue(met.await(60, TimeUnit.SECONDS), () -> met.getCount() + " not met, seed " + seed);
      assertEquals(0, early.get(), "ended too early, seed " + seed);
    }
  }

  @Test
  void aTimerThatWasIdleMeetsTheNextLimit() throws Exception {
    try (var timer = ExchangeDeadline.timer()) {
      for (int i = 0; i < 200; i++) {
        var ended = new CountDownLatch(1);
        var deadline = watched(timer, ended);
        deadline.enter(TimeLimit.IDLE, Duration.ofNanos(100_000));
        assertTrue(ended.await(60, TimeUnit.SECONDS));
        deadline.close();
      }
    }
  }

  private static ExchangeDeadline watched(ScheduledExecutorService timer, CountDownLatch ended) {
    var deadline = new ExchangeDeadline(timer, LONG, ended::countDown);
    deadline.start();
    return deadline;
  }
}
