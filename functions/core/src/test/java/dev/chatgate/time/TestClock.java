package dev.chatgate.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that moves when told. As a {@link Pause}, it moves by the pause. */
public final class TestClock implements StoreTime, Pause {
  private final AtomicReference<Instant> now;

  public TestClock(Instant start) {
    now = new AtomicReference<>(start);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public Optional<Instant> confirmed() {
    return Optional.of(instant());
  }

  public void advance(Duration duration) {
    now.updateAndGet(instant -> instant.plus(duration));
  }

  public void set(Instant instant) {
    now.set(instant);
  }

  @Override
  public void pause(Duration duration) {
    advance(duration);
  }
}
