package dev.chatgate.provider.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private final RetryPolicy policy = new RetryPolicy(3, new Random(7));

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void theBackOffDoublesAndIsSpread() {
    for (int repeated = 0; repeated < 3; repeated++) {
      long full = 400L << repeated;
      for (int i = 0; i < 200; i++) {
        var pause = policy.nextWait(repeated, Duration.ZERO, Optional.empty(), LONG).orElseThrow();
        assertTrue(pause.toMillis() >= full / 2 && pause.toMillis() <= full, pause.toString());
      }
    }
  }

  @Test
  void noMoreRepeatsThanAreAllowed() {
    assertEquals(Optional.empty(), policy.nextWait(3, Duration.ZERO, Optional.empty(), LONG));
    var never = new RetryPolicy(0, new Random(7));
    assertEquals(Optional.empty(), never.nextWait(0, Duration.ZERO, Optional.empty(), LONG));
  }

  @Test
  void theProvidersWaitIsKeptAndSpreadUpwards() {
    for (int i = 0; i < 200; i++) {
      var pause = policy.nextWait(0, Duration.ZERO, Optional.of(millis(3000)), LONG).orElseThrow();
      assertTrue(pause.toMillis() >= 3000 && pause.toMillis() <= 3300, pause.toString());
    }
  }

  @Test
  void allWaitsTogetherAreTenSecondsAtMost() {
    var exactly = Optional.of(Duration.ofSeconds(10));
    assertEquals(exactly, policy.nextWait(0, Duration.ZERO, exactly, LONG));
    assertEquals(Optional.empty(), policy.nextWait(0, millis(1), exactly, LONG));
    assertEquals(
        Optional.of(millis(100)), policy.nextWait(1, millis(9900), Optional.empty(), LONG));
  }

  @Test
  void noWaitReachesTheDeadline() {
    var asked = Optional.of(millis(1000));
    assertEquals(Optional.empty(), policy.nextWait(0, Duration.ZERO, asked, millis(1000)));
    assertTrue(policy.nextWait(0, Duration.ZERO, asked, millis(1101)).isPresent());
  }

  @Test
  void aDateIsAWaitFromNow() {
    var now = Instant.parse("2026-11-05T10:00:00Z");
    var none = Optional.<String>empty();
    assertEquals(
        Optional.of(Duration.ofSeconds(90)),
        RetryAfter.read(none, Optional.of("Thu, 05 Nov 2026 10:01:30 GMT"), now));
    assertEquals(
        Optional.of(Duration.ZERO),
        RetryAfter.read(none, Optional.of("Thu, 05 Nov 2026 09:00:00 GMT"), now));
    assertEquals(
        Optional.of(Duration.ofDays(1)), RetryAfter.read(none, Optional.of("99999999999999"), now));
    assertEquals(Optional.of(Duration.ZERO), RetryAfter.read(none, Optional.of("-4"), now));
    assertEquals(Optional.empty(), RetryAfter.read(none, Optional.of("NaN"), now));
    assertEquals(Optional.empty(), RetryAfter.read(none, none, now));
  }
}
