package dev.chatgate.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class StoreClockTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private final TestClock local = new TestClock(NOON);
  private final ArrayList<Duration> heard = new ArrayList<>();
  private final StoreClock clock = new StoreClock(local, heard::add);

  @Test
  void aSmallDifferenceIsLeftAlone() {
    clock.observe(NOON.plusSeconds(1));
    clock.observe(NOON.minusSeconds(2));
    assertEquals(NOON, clock.instant());
    assertEquals(0, heard.size());
  }

  @Test
  void aLargeDifferenceIsUsedAndHeardOnce() {
    var hour = Duration.ofHours(1);
    clock.observe(NOON.minus(hour));
    local.advance(Duration.ofMillis(700));
    clock.observe(NOON.minus(hour).plusSeconds(1));
    assertEquals(1, heard.size());
    assertEquals(local.instant().minus(hour).plusMillis(500), clock.instant());
  }

  @Test
  void aClockThatWasPutRightIsBelievedAgain() {
    clock.observe(NOON.plusSeconds(100));
    clock.observe(NOON);
    assertEquals(NOON, clock.instant());
    assertEquals(Duration.ZERO, heard.getLast());
  }
}
