package dev.chatgate.warmup;

import java.lang.ref.WeakReference;

/** Empties the young generation of the heap. */
final class YoungGenFlush {
  private static final int PIECE_BYTES = 64 * 1024;

  /** Maximum allocation, 4 GB, which is more than any young generation. */
  private static final int MAX_PIECES = 65_536;

  private YoungGenFlush() {}

  /**
   * Allocates until the young generation is collected and therefore empty. Every copy of a snapshot
   * starts with the snapshot's heap, and with a nearly full young generation the first call would
   * trigger a collection. {@code System.gc} is not used, because it would collect the whole heap.
   *
   * @return whether a collection took place
   */
  static boolean empty() {
    var unreachable = new WeakReference<>(new Object());
    for (int i = 0; i < MAX_PIECES && !unreachable.refersTo(null); i++) {
      var _ = new byte[PIECE_BYTES];
    }
    return unreachable.refersTo(null);
  }
}
