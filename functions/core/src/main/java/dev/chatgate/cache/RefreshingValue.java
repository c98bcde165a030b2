package dev.chatgate.cache;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cached value and the source from which it is read. From {@link Lifetime#refreshAfter} on it is
 * read again in the background; from {@link Lifetime#staleAfter} on a caller reads it and waits.
 * Concurrent callers share one read. Thread-safe.
 *
 * @param <T> immutable
 */
public final class RefreshingValue<T> {
  private static final Logger LOG = System.getLogger(RefreshingValue.class.getName());

  private final String name;
  private final Supplier<? extends T> source;
  private final Function<? super T, Lifetime> lifetimes;
  private final InstantSource clock;
  private final Executor background;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private volatile @Nullable Held<T> held;
  private volatile Instant noReadBefore = Instant.MIN;

  private record Held<T>(T value, Instant readAt) {
    boolean isOlderThan(Duration age, Instant now) {
      return !now.isBefore(readAt.plus(age));
    }
  }

  /**
   * Holds nothing yet: the first caller reads.
   *
   * @param name for the log
   * @param source reads the value; what it throws is thrown to callers that have no value to use
   * @param lifetimes how long a value is used
   * @param clock the present
   * @param background runs a read that no caller waits for
   */
  public RefreshingValue(
      String name,
      Supplier<? extends T> source,
      Function<? super T, Lifetime> lifetimes,
      InstantSource clock,
      Executor background) {
    this.name = name;
    this.source = source;
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.background = background;
  }

  /**
   * Puts a value that was read elsewhere.
   *
   * @param readAt when it was read
   */
  public void set(T value, Instant readAt) {
    held = new Held<>(value, readAt);
  }

  /** The value, read now if there is none that may be used. */
  public T get() {
    var known = held;
    if (known == null) {
      return readUnlessReplaced(null);
    }
    var now = clock.instant();
    var lifetime = lifetimes.apply(known.value());
    if (known.isOlderThan(lifetime.staleAfter(), now)) {
      return renewed(known, lifetime, now);
    }
    if (known.isOlderThan(lifetime.refreshAfter(), now)
        && !now.isBefore(noReadBefore)
        && refreshing.compareAndSet(false, true)) {
      background.execute(() -> refresh(known, lifetime));
    }
    return known.value();
  }

  /** Whether the next {@link #get} reads. */
  public boolean isStale() {
    var known = held;
    return known == null
        || known.isOlderThan(lifetimes.apply(known.value()).staleAfter(), clock.instant());
  }

  /**
   * The value that replaces one that has proved wrong: what another caller has read meanwhile, else
   * what is read now.
   *
   * @param wrong the value that was used
   */
  public T replacing(T wrong) {
    var known = held;
    return known != null && !known.value().equals(wrong)
        ? known.value()
        : readUnlessReplaced(known);
  }

  private T renewed(Held<T> stale, Lifetime lifetime, Instant now) {
    if (!lifetime.usedWhenReadFails()) {
      return readUnlessReplaced(stale);
    }
    if (now.isBefore(noReadBefore)) {
      return stale.value();
    }
    try {
      return readUnlessReplaced(stale);
    } catch (RuntimeException e) {
      failed(lifetime, e);
      return stale.value();
    }
  }

  private void refresh(Held<T> old, Lifetime lifetime) {
    try {
      var _ = readUnlessReplaced(old);
    } catch (RuntimeException e) {
      failed(lifetime, e);
    } finally {
      refreshing.set(false);
    }
  }

  /** The class alone is logged: a message may quote what is stored. */
  private void failed(Lifetime lifetime, RuntimeException failure) {
    noReadBefore = clock.instant().plus(lifetime.retryAfter());
    LOG.log(
        Level.WARNING,
        "reading {0} failed: {1}; the value in memory stays in use",
        name,
        failure.getClass().getName());
  }

  private T readUnlessReplaced(@Nullable Held<T> seen) {
    reading.lock();
    try {
      var known = held;
      if (known != null && !known.equals(seen)) {
        return known.value();
      }
      var fresh = source.get();
      held = new Held<>(fresh, clock.instant());
      return fresh;
    } finally {
      reading.unlock();
    }
  }
}
