package dev.chatgate.quota;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double from attempt to attempt, each drawn between half and all of it, so that
 * callers who collided do not meet again.
 */
final class Backoff {
  private final Pause pause;
  private final RandomGenerator random;
  private final Duration most;
  private Duration next;

  Backoff(Pause pause, RandomGenerator random, Duration first, Duration most) {
    this.pause = pause;
    this.random = random;
    this.most = most;
    this.next = first;
  }

  void pause() {
    long nanos = next.toNanos();
    pause.pause(Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1)));
    next = next.multipliedBy(2).compareTo(most) > 0 ? most : next.multipliedBy(2);
  }
}
