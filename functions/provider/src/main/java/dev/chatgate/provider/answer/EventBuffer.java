package dev.chatgate.provider.answer;

import java.io.ByteArrayOutputStream;

/**
 * Collects the events of one read, so that they go out in one write, and keeps those that must wait
 * for what follows them.
 */
final class EventBuffer extends ByteArrayOutputStream {
  private static final int USUAL_BYTES = 4096;

  /** A larger buffer is given back once it is empty. */
  private static final int MAX_KEPT_BYTES = 256 * 1024;

  private int heldFrom = -1;

  EventBuffer() {
    super(USUAL_BYTES);
  }

  /** From this place on nothing goes out, unless a place before it is held already. */
  void holdFrom(int place) {
    heldFrom = heldFrom < 0 ? place : heldFrom;
  }

  /** Nothing is held any more. */
  void release() {
    heldFrom = -1;
  }

  /** Drops what is held, and what stands behind this place. */
  void dropFrom(int place) {
    count = heldFrom < 0 ? place : heldFrom;
    release();
  }

  /** How many bytes wait. */
  int held() {
    return heldFrom < 0 ? 0 : count - heldFrom;
  }

  /** Whether there is anything to go out now. */
  boolean isReady() {
    return count > held();
  }

  /** Hands everything that is not held to the sink. */
  void flushTo(DisconnectTolerantSink sink) {
    int ready = count - held();
    sink.write(buf, 0, ready);
    if (ready == count) {
      clear();
    } else {
      System.arraycopy(buf, ready, buf, 0, count - ready);
      count -= ready;
      heldFrom = 0;
    }
  }

  /** Drops everything and begins anew. */
  void discard() {
    clear();
  }

  private void clear() {
    reset();
    heldFrom = -1;
    if (buf.length > MAX_KEPT_BYTES) {
      buf = new byte[USUAL_BYTES];
    }
  }

  /** Adds the missing blank line behind the event that was written last. */
  void endEvent() {
    if (count > 0 && buf[count - 1] == '\n') {
      write('\n');
    } else {
      // Behind a carriage return the first of them is a part of the same line end.
      write('\n');
      write('\n');
    }
  }
}
