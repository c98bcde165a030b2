package dev.chatgate.streaming;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One background thread that aborts answers after their time limit. A socket write to a client that
 * does not read blocks without a limit; only another thread can end it, by closing the socket.
 *
 * <p>The thread parks until the nearest limit. It is unparked only when an answer with an earlier
 * limit is added. An answer that ends before its limit does not unpark it, so that consecutive
 * calls, each with a later limit, do not cost one wake-up each.
 */
final class AnswerLimits {

  /** The instance for all answers of the process. */
  static final AnswerLimits SHARED = new AnswerLimits();

  private static final long MAX_SLEEP_NANOS = 3_600_000_000_000L;

  private final Set<LimitedAnswer> answers = ConcurrentHashMap.newKeySet();
  private @Nullable Thread thread;
  private volatile long wakesAtNanos;
  private volatile boolean asleep;

  /** Aborts the answer once {@link LimitedAnswer#limitNanos} has passed; set that first. */
  void add(LimitedAnswer answer) {
    answers.add(answer);
    if (!asleep || answer.limitNanos() - wakesAtNanos < 0) {
      LockSupport.unpark(running());
    }
  }

  /** Stops watching an answer. */
  void remove(LimitedAnswer answer) {
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
      sleep(now, abortLate(now));
    }
  }

  /**
   * Aborts the answers that are late; returns the nanoseconds to the nearest limit of the others.
   */
  private long abortLate(long now) {
    long nearest = MAX_SLEEP_NANOS;
    for (LimitedAnswer answer : answers) {
      long left = answer.limitNanos() - now;
      if (left > 0) {
        nearest = Math.min(nearest, left);
      } else {
        abort(answer);
      }
    }
    return nearest;
  }

  /** Does nothing if the answer has been removed meanwhile, because then it ended in time. */
  private void abort(LimitedAnswer late) {
    if (answers.remove(late)) {
      late.timeOut();
    }
  }

  /**
   * If an answer is added after {@link #abortLate} and before this method parks, {@code asleep} is
   * false, so that {@link #add} unparks the thread and {@code parkNanos} returns at once.
   */
  private void sleep(long now, long left) {
    wakesAtNanos = now + left;
    asleep = true;
    LockSupport.parkNanos(this, left);
    asleep = false;
  }
}
