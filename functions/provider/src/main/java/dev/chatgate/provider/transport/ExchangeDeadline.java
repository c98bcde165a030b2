package dev.chatgate.provider.transport;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends one exchange when a time limit passes. A socket's own time-out counts from read to read, so
 * a peer that sends a byte now and then would never meet it. Moving a limit further away costs one
 * write of a field, which the {@link DeadlineMonitor} reads at its next look.
 */
final class ExchangeDeadline implements DeadlineMonitor.Watched, AutoCloseable {
  private final DeadlineMonitor monitor;
  private final Runnable abort;
  private final long totalAtNanos;
  private volatile Phase phase;
  private volatile @Nullable TimeLimit passed;
  private volatile boolean closed;

  private record Phase(TimeLimit limit, long atNanos) {}

  /**
   * @param monitor watches it from {@link #start} on
   * @param total until the exchange must have ended
   * @param abort ends the exchange: a blocked read or write of it throws
   */
  ExchangeDeadline(DeadlineMonitor monitor, Duration total, Runnable abort) {
    this.monitor = monitor;
    this.abort = abort;
    this.totalAtNanos = after(total);
    this.phase = new Phase(TimeLimit.TOTAL, totalAtNanos);
  }

  void start() {
    monitor.begin(this);
  }

  /** From now on this limit holds, beside the total. */
  void enter(TimeLimit limit, Duration within) {
    var next = new Phase(limit, after(within));
    phase = next.atNanos - totalAtNanos < 0 ? next : new Phase(TimeLimit.TOTAL, totalAtNanos);
    monitor.limitAt(phase.atNanos);
  }

  /** Only the total holds from now on. */
  void leave() {
    phase = new Phase(TimeLimit.TOTAL, totalAtNanos);
  }

  /** The limit that passed and ended the exchange, if one did. */
  Optional<TimeLimit> passed() {
    return Optional.ofNullable(passed);
  }

  @Override
  public long nextLimitNanos() {
    return phase.atNanos;
  }

  @Override
  public long look(long nowNanos) {
    var now = phase;
    long left = now.atNanos - nowNanos;
    if (closed || passed != null) {
      return Long.MAX_VALUE;
    }
    if (left <= 0) {
      passed = now.limit;
      // Not here: closing a connection may wait, and others have limits too.
      Thread.ofVirtual().name("provider-limit-passed").start(abort);
      return Long.MAX_VALUE;
    }
    return left;
  }

  /** Nothing is ended any more. */
  @Override
  public void close() {
    closed = true;
    monitor.end(this);
  }

  private static long after(Duration time) {
    return System.nanoTime() + Math.max(0, time.toNanos());
  }
}
