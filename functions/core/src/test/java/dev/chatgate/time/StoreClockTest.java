package dev.chatgate.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreClockTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final TestClock local = new TestClock(NOON);
  private final ArrayList<Duration> offsets = new ArrayList<>();
  private final StoreClock clock = new StoreClock(local, offsets::add);

  private void observe(Instant date) {
    clock.observe(clock.sending(), date);
  }

  private void observeTwice(Instant date) {
    observe(date);
    observe(date);
  }

  @Test
  void aSmallDifferenceIsLeftAlone() {
    observeTwice(NOON.plusSeconds(1));
    observeTwice(NOON.minusSeconds(2));
    assertEquals(NOON, clock.instant());
    assertEquals(List.of(), offsets);
  }

  @Test
  void aLargeDifferenceIsUsedOnceTwoAnswersAgree() {
    observe(NOON.minus(HOUR));
    assertEquals(NOON, clock.instant());
    local.advance(Duration.ofMillis(700));
    observe(NOON.minus(HOUR).plusSeconds(1));
    var corrected = clock.instant();
    assertEquals(local.instant().minus(HOUR).plusMillis(800), corrected);
    observe(NOON.minus(HOUR));
    assertEquals(corrected, clock.instant());
    assertEquals(1, offsets.size());
  }

  @Test
  void aClockThatWasPutRightIsBelievedAgain() {
    observeTwice(NOON.plusSeconds(100));
    observeTwice(NOON);
    assertEquals(NOON, clock.instant());
    assertEquals(Duration.ZERO, offsets.getLast());
  }

  @ParameterizedTest
  @ValueSource(longs = {-3_600, -40, -3, 3, 40, 3_600, 86_400_000})
  void aSingleWrongDateChangesNothing(long seconds) {
    observe(NOON.plusSeconds(seconds));
    observe(NOON);
    observe(NOON.plusSeconds(seconds));
    observe(NOON.minusSeconds(seconds));
    observeTwice(NOON);
    observe(NOON.plusSeconds(seconds));
    assertEquals(NOON, clock.instant());
    assertEquals(List.of(), offsets);
  }

  @ParameterizedTest
  @ValueSource(longs = {-3_600, -40, 40, 3_600})
  void anOffsetThatIsWrongIsReplacedByTwoRightDates(long seconds) {
    observeTwice(NOON.plusSeconds(seconds));
    observe(NOON.plusSeconds(5_000_000));
    observeTwice(NOON);
    assertEquals(NOON, clock.instant());
  }

  @Test
  void anAnswerThatTookLongSaysNothing() {
    var sentAt = clock.sending();
    local.advance(Duration.ofMinutes(5));
    clock.observe(sentAt, NOON);
    clock.observe(sentAt, NOON);
    assertEquals(local.instant(), clock.instant());
  }

  @Test
  void anAnswerBeforeItsRequestSaysNothing() {
    var sentAt = clock.sending();
    local.advance(Duration.ofMinutes(-5));
    clock.observe(sentAt, NOON);
    clock.observe(sentAt, NOON);
    assertEquals(local.instant(), clock.instant());
  }

  /**
   * Where a skew is at the edge of the tolerance, the seconds' fraction must not decide each time.
   */
  @ParameterizedTest
  @ValueSource(longs = {-3_000, -2_500, -2_000, -1_500, -1_000, 1_000, 1_500, 2_000, 2_500, 3_000})
  void aSteadySkewChangesTheOffsetOnceAtMost(long skewMillis) {
    var random = new Random(skewMillis);
    for (int answer = 0; answer < 10_000; answer++) {
      local.advance(Duration.ofMillis(random.nextLong(3_000)));
      observe(local.instant().plusMillis(skewMillis).truncatedTo(ChronoUnit.SECONDS));
      var error = Duration.between(clock.instant(), local.instant().plusMillis(skewMillis)).abs();
      assertTrue(error.compareTo(Duration.ofSeconds(3)) <= 0, error.toString());
    }
    assertTrue(offsets.size() <= 1, offsets.toString());
  }

  @Test
  void theTimeIsConfirmedByTwoAnswersThatAgree() {
    assertEquals(Optional.empty(), clock.confirmed());
    observe(NOON);
    assertEquals(Optional.empty(), clock.confirmed());
    observe(NOON);
    assertEquals(Optional.of(NOON), clock.confirmed());
  }

  @Test
  void theTimeIsNotConfirmedAfterAnAnswerThatDoesNotAgree() {
    observeTwice(NOON);
    observe(NOON.minusSeconds(40));
    assertEquals(Optional.empty(), clock.confirmed());
    observe(NOON);
    assertEquals(Optional.empty(), clock.confirmed());
    observe(NOON);
    assertEquals(Optional.of(NOON), clock.confirmed());
  }

  @Test
  void theCorrectedTimeIsConfirmedByTheAnswersThatCorrectedIt() {
    observeTwice(NOON.plusSeconds(40));
    assertEquals(Optional.of(NOON.plusMillis(40_500)), clock.confirmed());
  }

  @Test
  void aConfirmationIsForgotten() {
    observeTwice(NOON);
    local.advance(StoreClock.CONFIRMED_FOR);
    assertEquals(Optional.of(local.instant()), clock.confirmed());
    local.advance(Duration.ofNanos(1));
    assertEquals(Optional.empty(), clock.confirmed());
    local.set(NOON.minusSeconds(40));
    assertEquals(Optional.empty(), clock.confirmed());
  }
}
