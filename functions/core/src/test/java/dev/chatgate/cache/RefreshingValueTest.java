package dev.chatgate.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RefreshingValueTest {
  private static final Lifetime STRICT = Lifetime.strict(Duration.ofSeconds(60));
  private static final Lifetime LENIENT =
      Lifetime.lenient(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(10));

  private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Queue<Runnable> background = new ArrayDeque<>();
  private int reads;
  private boolean failing;

  private RefreshingValue<Integer> value(Lifetime lifetime) {
    return new RefreshingValue<>("a value", this::read, _ -> lifetime, clock, background::add);
  }

  private int read() {
    reads++;
    if (failing) {
      throw new IllegalStateException("away");
    }
    return reads;
  }

  private void pass(int seconds) {
    clock.advance(Duration.ofSeconds(seconds));
  }

  @Test
  void isReadByTheFirstCallerAlone() {
    var value = value(STRICT);
    assertTrue(value.isStale());
    assertEquals(1, value.get());
    assertEquals(1, value.get());
    assertFalse(value.isStale());
    assertTrue(background.isEmpty());
  }

  @Test
  void isReadInTheBackgroundOnceWhenItIsOld() {
    var value = value(STRICT);
    value.get();
    pass(30);
    assertEquals(1, value.get());
    assertEquals(1, value.get());
    assertEquals(1, background.size());
    background.remove().run();
    assertEquals(2, value.get());
  }

  @Test
  void isReadByTheCallerWhenItIsStale() {
    var value = value(STRICT);
    value.get();
    pass(60);
    assertTrue(value.isStale());
    assertEquals(2, value.get());
  }

  @Test
  void isNotUsedPastItsTimeIfItIsStrict() {
    var value = value(STRICT);
    value.get();
    failing = true;
    pass(60);
    assertThrows(IllegalStateException.class, value::get);
    failing = false;
    assertEquals(3, value.get());
  }

  @Test
  void isUsedPastItsTimeWhileReadingFailsIfItIsLenient() {
    var value = value(LENIENT);
    value.get();
    failing = true;
    pass(60);
    assertEquals(1, value.get());
    pass(9);
    assertEquals(1, value.get());
    assertEquals(2, reads, "no read in the 10 s after one that failed");
    failing = false;
    pass(1);
    assertEquals(3, value.get());
  }

  @Test
  void aBackgroundReadThatFailsIsTriedAgainAfterAPause() {
    var value = value(STRICT);
    value.get();
    failing = true;
    pass(30);
    value.get();
    background.remove().run();
    assertEquals(1, value.get());
    assertTrue(background.isEmpty());
    pass(10);
    assertEquals(1, value.get());
    assertEquals(1, background.size());
  }

  @Test
  void aFirstReadThatFailsIsTriedAgain() {
    var value = value(LENIENT);
    failing = true;
    assertThrows(IllegalStateException.class, value::get);
    failing = false;
    assertEquals(2, value.get());
  }

  @Test
  void aWrongValueIsReplacedOnce() {
    var value = value(LENIENT);
    int wrong = value.get();
    assertEquals(2, value.replacing(wrong));
    assertEquals(2, value.replacing(wrong), "another caller has replaced it");
    assertEquals(2, reads);
  }

  @Test
  void manyCallersMakeOneRead() throws Exception {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var value =
        new RefreshingValue<>(
            "a value",
            () -> {
              entered.countDown();
              await(leave);
              return read();
            },
            _ -> STRICT,
            clock,
            background::add);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var got = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 50; i++) {
        got.add(threads.submit(value::get));
      }
      await(entered);
      leave.countDown();
      for (var each : got) {
        assertEquals(1, each.get());
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
