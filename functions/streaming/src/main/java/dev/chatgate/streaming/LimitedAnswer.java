package dev.chatgate.streaming;

/** An answer that must end by a certain time. */
interface LimitedAnswer {
  /** When it must have ended, on the clock of {@link System#nanoTime}. */
  long limitNanos();

  /** Ends it: its time is over. Called by another thread than the one that writes it. */
  void timeOut();
}
