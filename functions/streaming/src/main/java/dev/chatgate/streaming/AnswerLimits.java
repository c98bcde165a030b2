package dev.chatgate.streaming;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that ends answers whose time is over. A write to a client that does not read waits
 * without a limit, and only another thread can end it.
 *
 * <p>The thread sleeps until the nearest limit that it knew of when it fell asleep. An answer that
 * ends before its limit does not wake it, so that a series of calls with later and later limits
 * costs one wake-up and not one each.
 */
final class AnswerLimits {

  /** Of all answers of the process. */
  static final AnswerLimits SHARED = new AnswerLimits();

  private static final long MAX_SLEEP_NANOS = 3_600_000_000_000L;

  private final Set<ResponseStream> answers = ConcurrentHashMap.newKeySet();
  private @Nullable Thread thread;
  private volatile long wakesAtNanos;
  private volatile boolean asleep;

  /** Ends an answer once its limit has passed, which is set already. */
  void add(ResponseStream answer) {
    answers.add(answer);
    if (!asleep || answer.limitNanos() - wakesAtNanos < 0) {
      LockSupport.unpark(running());
    }
  }

  /** Leaves an answer alone. */
  void remove(ResponseStream answer) {
    answers.remove(answer);
  }

  private synchronized Thread running() {
    Thread known = thread;
    if (known == null) {
      known = new Thread(this::run, "answer-limits");
      known.setDaemon(true);
      known.start();
      thread = known;
    }
    return known;
  }

  private void run() {
    while (true) {
      long now = System.nanoTime();
      sleep(now, look(now));
    }
  }

  /** Ends what is late; returns the time to the nearest limit of the others. */
  private long look(long now) {
    long nearest = MAX_SLEEP_NANOS;
    for (ResponseStream answer : answers) {
      long left = answer.limitNanos() - now;
      if (left > 0) {
        nearest = Math.min(nearest, left);
      } else {
        end(answer);
      }
    }
    return nearest;
  }

  /** One that has been removed meanwhile has ended in time. */
  private void end(ResponseStream late) {
    if (answers.remove(late)) {
      late.timeOut();
    }
  }

  /**
   * An answer that is added between the look and the sleep finds this thread not asleep and unparks
   * it, which ends the sleep at once.
   */
  private void sleep(long now, long left) {
    wakesAtNanos = now + left;
    asleep = true;
    LockSupport.parkNanos(this, left);
    asleep = false;
  }
}
