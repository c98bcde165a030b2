package dev.chatgate.provider.call;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Whether a failed call is worth another try, and after what wait. Pure but for its dice.
 *
 * @param retries how often a call is repeated at most
 * @param jitter makes calls that failed together come back apart
 */
record RetryPolicy(int retries, RandomGenerator jitter) {
  /** Most that a call waits between its tries, all waits together. */
  static final Duration MAX_WAITING = Duration.ofSeconds(10);

  private static final long FIRST_BACK_OFF_MILLIS = 400;

  /**
   * The wait before the next try, if there is to be one.
   *
   * @param repeated how often the call was repeated so far
   * @param waited all waits so far
   * @param asked what the provider's {@code Retry-After} asked for
   * @param left until the call's deadline
   */
  Optional<Duration> nextWait(
      int repeated, Duration waited, Optional<Duration> asked, Duration left) {
    var allowance = MAX_WAITING.minus(waited);
    var least = asked.orElse(Duration.ZERO);
    if (repeated >= retries || least.compareTo(allowance) > 0) {
      return Optional.empty();
    }
    var wait = shorter(allowance, asked.map(this::spread).orElseGet(() -> backOff(repeated)));
    return wait.compareTo(left) < 0 ? Optional.of(wait) : Optional.empty();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  /** 400 ms, 800 ms, … and of that between a half and the whole. */
  private Duration backOff(int repeated) {
    long full = FIRST_BACK_OFF_MILLIS << Math.min(repeated, 10);
    return Duration.ofMillis(full / 2 + jitter.nextLong(full / 2 + 1));
  }

  /** Not before the time that was asked for, and up to a tenth after it. */
  private Duration spread(Duration asked) {
    return asked.plusMillis(jitter.nextLong(asked.toMillis() / 10 + 1));
  }
}
