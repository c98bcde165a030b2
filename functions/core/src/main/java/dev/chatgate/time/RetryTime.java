package dev.chatgate.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time for one step and its repetitions. What is left only shrinks, at least by each pause: the
 * store's clock may be set back meanwhile, and the step must end all the same.
 */
public final class RetryTime {
  /** An attempt that is made at all gets so much: a write takes some ten milliseconds. */
  public static final Duration MIN_ATTEMPT = Duration.ofMillis(200);

  private final InstantSource clock;
  private final Backoff backoff;
  private final Instant giveUpAt;
  private Duration left;

  /**
   * @param clock the ledger's time
   * @param backoff pauses between attempts
   * @param giveUpAt after this no attempt is begun
   */
  public RetryTime(InstantSource clock, Backoff backoff, Instant giveUpAt) {
    this.clock = clock;
    this.backoff = backoff;
    this.giveUpAt = giveUpAt;
    this.left = Duration.between(clock.instant(), giveUpAt);
  }

  /**
   * How long the next attempt may take: half of what is left, so that one without an answer leaves
   * time for another.
   */
  public Duration forAttempt() {
    shrinkTo(Duration.between(clock.instant(), giveUpAt));
    var half = left.dividedBy(2);
    return half.compareTo(MIN_ATTEMPT) > 0 ? half : MIN_ATTEMPT;
  }

  /** Pauses if there is time for another attempt afterwards; whether there is. */
  public boolean pause() {
    if (!isLeft()) {
      return false;
    }
    var paused = backoff.pauseIfShorterThan(left);
    shrinkTo(left.minus(paused));
    return !paused.isZero() && isLeft();
  }

  /** Whether there is time for another attempt. */
  public boolean isLeft() {
    shrinkTo(Duration.between(clock.instant(), giveUpAt));
    return left.isPositive();
  }

  private void shrinkTo(Duration most) {
    left = most.compareTo(left) < 0 ? most : left;
  }
}
