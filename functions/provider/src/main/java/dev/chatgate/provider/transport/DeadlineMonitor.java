package dev.chatgate.provider.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends exchanges whose time limit passes, on one thread for all exchanges of a client. The thread
 * parks until the earliest limit, and is unparked only by an earlier one; without an exchange it
 * parks until there is one.
 */
final class DeadlineMonitor implements AutoCloseable {
  /** An exchange with time limits, as the monitor sees it. For many threads. */
  interface Watched {
    /** When the nearest limit passes, by {@link System#nanoTime}. */
    long nextLimitNanos();

    /**
     * Ends the exchange if its limit has passed.
     *
     * @return nanoseconds from now until it would; {@link Long#MAX_VALUE} if no limit is left
     */
    long look(long nowNanos);
  }

  private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
  private @Nullable Thread thread;

  /** When the park ends by itself, while {@link #asleep}. */
  private volatile long wakesAtNanos;

  private volatile boolean asleep;
  private volatile boolean endless;
  private volatile boolean closed;

  /** Watches an exchange from now on; its first limit is set. */
  void begin(Watched exchange) {
    watched.add(exchange);
    limitAt(exchange.nextLimitNanos());
  }

  /** An exchange is over. */
  void end(Watched exchange) {
    watched.remove(exchange);
  }

  /** An exchange has a new limit; most are later than the one that the thread is parked for. */
  void limitAt(long nanos) {
    if (!asleep || endless || nanos - wakesAtNanos < 0) {
      LockSupport.unpark(running());
    }
  }

  private synchronized Thread running() {
    var existing = thread;
    if (existing == null) {
      existing = Thread.ofVirtual().name("provider-limits").start(this::run);
      thread = existing;
    }
    return existing;
  }

  private void run() {
    while (!closed) {
      long now = System.nanoTime();
      long nearest = Long.MAX_VALUE;
      for (var exchange : watched) {
        nearest = Math.min(nearest, exchange.look(now));
      }
      sleep(now, nearest);
    }
  }

  /**
   * A limit that is set between the look and the park finds this thread not asleep and unparks it,
   * so that the park returns at once; later ones see until when it is parked.
   */
  private void sleep(long now, long left) {
    endless = left == Long.MAX_VALUE;
    wakesAtNanos = now + left;
    asleep = true;
    if (endless) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, left);
    }
    asleep = false;
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      LockSupport.unpark(thread);
    }
  }
}
