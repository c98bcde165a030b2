package dev.chatgate.provider.transport;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends one exchange when a time limit passes. A socket's own time-out counts from read to read, so
 * a peer that sends a byte now and then would never meet it. Moving a limit further away costs one
 * write of a field: the timer finds the new limit when the old one would have passed.
 */
final class ExchangeDeadline implements AutoCloseable {
  private final ScheduledExecutorService timer;
  private final Runnable abort;
  private final long totalAtNanos;
  private volatile Phase phase;
  private volatile @Nullable TimeLimit passed;
  private @Nullable Future<?> next;
  private long nextAtNanos;
  private boolean closed;

  private record Phase(TimeLimit limit, long atNanos) {}

  /**
   * @param timer see {@link #timer}
   * @param total until the exchange must have ended
   * @param abort ends the exchange: a blocked read or write of it throws
   */
  ExchangeDeadline(ScheduledExecutorService timer, Duration total, Runnable abort) {
    this.timer = timer;
    this.abort = abort;
    this.totalAtNanos = after(total);
    this.phase = new Phase(TimeLimit.TOTAL, totalAtNanos);
  }

  /** A timer for many exchanges. It has one thread, once a limit is set, and forgets ended ones. */
  static ScheduledExecutorService timer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("provider-limits").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  /** From now on the limits are enforced. */
  void start() {
    lookAt(phase.atNanos);
  }

  /** From now on this limit holds, beside the total. */
  void enter(TimeLimit limit, Duration within) {
    var entered = new Phase(limit, after(within));
    phase = entered.atNanos - totalAtNanos < 0 ? entered : new Phase(TimeLimit.TOTAL, totalAtNanos);
    if (started()) {
      lookAt(phase.atNanos);
    }
  }

  /** Only the total holds from now on. */
  void leave() {
    phase = new Phase(TimeLimit.TOTAL, totalAtNanos);
  }

  /** The limit that passed and ended the exchange, if one did. */
  Optional<TimeLimit> passed() {
    return Optional.ofNullable(passed);
  }

  private synchronized boolean started() {
    return next != null;
  }

  /** Looks at the limits at a time, unless that is done earlier anyway. */
  private synchronized void lookAt(long atNanos) {
    if (closed || (next != null && atNanos - nextAtNanos >= 0)) {
      return;
    }
    if (next != null) {
      next.cancel(false);
    }
    nextAtNanos = atNanos;
    next = timer.schedule(this::look, atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private synchronized void look() {
    var now = phase;
    if (closed || passed != null) {
      return;
    }
    if (now.atNanos - System.nanoTime() > 0) {
      next = null;
      lookAt(now.atNanos);
    } else {
      passed = now.limit;
      // Not here: closing a connection may wait, and other exchanges have limits too.
      Thread.ofVirtual().name("provider-limit-passed").start(abort);
    }
  }

  /** Nothing is ended any more. */
  @Override
  public synchronized void close() {
    closed = true;
    if (next != null) {
      next.cancel(false);
    }
  }

  private static long after(Duration time) {
    return System.nanoTime() + Math.max(0, time.toNanos());
  }
}
