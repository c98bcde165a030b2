package dev.chatgate.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double from attempt to attempt, each drawn between half and all of it, so that
 * callers who collided do not meet again.
 */
public final class Backoff {
  private final Pause pause;
  private final RandomGenerator random;
  private final Duration most;
  private Duration next;

  public Backoff(Pause pause, RandomGenerator random, Duration first, Duration most) {
    this.pause = pause;
    this.random = random;
    this.most = most;
    this.next = first;
  }

  public void pause() {
    var _ = pauseIfShorterThan(most.plusNanos(1));
  }

  /**
   * Pauses, but not if it would take as long as there is time.
   *
   * @param time what there is
   * @return how long it was; zero if it was not
   */
  Duration pauseIfShorterThan(Duration time) {
    long nanos = next.toNanos();
    var length = Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
    if (length.compareTo(time) >= 0) {
      return Duration.ZERO;
    }
    pause.pause(length);
    next = next.multipliedBy(2).compareTo(most) > 0 ? most : next.multipliedBy(2);
    return length;
  }
}
