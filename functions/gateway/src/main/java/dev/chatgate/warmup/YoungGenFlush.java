package dev.chatgate.warmup;

import java.lang.ref.WeakReference;

/** The part of the heap in which objects begin. */
final class YoungGenFlush {
  private static final int PIECE_BYTES = 64 * 1024;

  /** 4 GB, more than any young generation has. */
  private static final int MAX_PIECES = 65_536;

  private YoungGenFlush() {}

  /**
   * Fills it until it is collected, so that all of it is free: where it stands in a snapshot is
   * where every copy begins, and a copy in which it is nearly full would collect in its first call.
   * Nobody is asked for a collection: that would be one of the whole heap.
   *
   * @return whether it was collected
   */
  static boolean empty() {
    var unreachable = new WeakReference<>(new Object());
    for (int i = 0; i < MAX_PIECES && !unreachable.refersTo(null); i++) {
      var _ = new byte[PIECE_BYTES];
    }
    return unreachable.refersTo(null);
  }
}
