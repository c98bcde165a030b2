package dev.chatgate.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A clock that is ahead of another by a fixed skew, and remembers for each thread the last time
 * that it told: the ledger takes one time per attempt, so a table can know which.
 */
public final class ThreadClock implements StoreTime {
  private static final ThreadLocal<Instant> LAST = ThreadLocal.withInitial(() -> Instant.EPOCH);

  private final InstantSource clock;
  private final Duration skew;

  public ThreadClock(InstantSource clock, Duration skew) {
    this.clock = clock;
    this.skew = skew;
  }

  @Override
  public Instant instant() {
    var now = clock.instant().plus(skew);
    LAST.set(now);
    return now;
  }

  @Override
  public Optional<Instant> confirmed() {
    return Optional.of(instant());
  }

  /** What any such clock told this thread last. */
  public static Instant last() {
    return LAST.get();
  }
}
