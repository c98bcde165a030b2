package dev.chatgate.provider.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that looks after the time limits of all exchanges of a client. It sleeps until the
 * nearest of them; an exchange that begins while another's nearer limit is still to come, the usual
 * case, wakes nobody. While there is no exchange it sleeps without end.
 */
final class DeadlineMonitor implements AutoCloseable {
  private final Set<ExchangeDeadline> watched = ConcurrentHashMap.newKeySet();
  private @Nullable Thread thread;

  /** When it wakes by itself, while {@link #asleep}. */
  private volatile long wakesAtNanos;

  private volatile boolean asleep;
  private volatile boolean endless;
  private volatile boolean closed;

  /** Looks after an exchange, whose first limit is set. */
  void begin(ExchangeDeadline exchange) {
    watched.add(exchange);
    limitAt(exchange.nextLimitNanos());
  }

  /** An exchange is over. */
  void end(ExchangeDeadline exchange) {
    watched.remove(exchange);
  }

  /** An exchange has a new limit; most are later than the one that is slept for. */
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
   * Whoever sets a limit between the look and the sleep finds this thread not asleep and unparks
   * it, which ends the sleep at once; after that, it sees for when it sleeps.
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
