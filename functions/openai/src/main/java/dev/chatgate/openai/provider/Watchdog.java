package dev.chatgate.openai.provider;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends one exchange when a time limit passes. A socket's own time-out counts from read to read, so
 * a peer that sends a byte now and then would never meet it.
 *
 * <p>A virtual thread sleeps until the nearest limit. Moving a limit further away costs one write
 * of a field: the thread finds out when it wakes.
 */
final class Watchdog implements AutoCloseable {
  private final Runnable abort;
  private final long totalAtNanos;
  private final Thread thread;
  private volatile Phase phase;
  private volatile long wakesAtNanos;
  private volatile @Nullable Limit passed;
  private volatile boolean closed;

  private record Phase(Limit limit, long atNanos) {}

  /**
   * @param total until the exchange must have ended
   * @param abort ends the exchange: a blocked read or write of it throws
   */
  Watchdog(Duration total, Runnable abort) {
    this.abort = abort;
    this.totalAtNanos = after(total);
    this.phase = new Phase(Limit.TOTAL, totalAtNanos);
    this.wakesAtNanos = totalAtNanos;
    this.thread = Thread.ofVirtual().name("provider-limits").unstarted(this::watch);
  }

  void start() {
    thread.start();
  }

  /** From now on this limit holds, beside the total. */
  void enter(Limit limit, Duration within) {
    var next = new Phase(limit, after(within));
    phase = next.atNanos - totalAtNanos < 0 ? next : new Phase(Limit.TOTAL, totalAtNanos);
    if (phase.atNanos - wakesAtNanos < 0) {
      LockSupport.unpark(thread);
    }
  }

  /** Only the total holds from now on. */
  void leave() {
    phase = new Phase(Limit.TOTAL, totalAtNanos);
  }

  /** The limit that passed and ended the exchange, if one did. */
  Optional<Limit> passed() {
    return Optional.ofNullable(passed);
  }

  private void watch() {
    while (!closed) {
      var now = phase;
      long left = now.atNanos - System.nanoTime();
      if (left <= 0) {
        passed = now.limit;
        abort.run();
        return;
      }
      wakesAtNanos = now.atNanos;
      // The race with enter: either it sees when this thread wakes, or this thread sees its phase.
      if (phase.equals(now)) {
        LockSupport.parkNanos(this, left);
      }
    }
  }

  /** Nothing is ended any more. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private static long after(Duration time) {
    return System.nanoTime() + Math.max(0, time.toNanos());
  }
}
