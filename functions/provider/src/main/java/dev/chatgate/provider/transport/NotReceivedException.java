package dev.chatgate.provider.transport;

import java.io.IOException;

/**
 * The provider cannot have worked on the request: not all of it was sent, or the connection was
 * closed at the other side before the request arrived there.
 */
final class NotReceivedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean reused;

  /**
   * @param reused whether the connection had carried another exchange before
   */
  NotReceivedException(IOException cause, boolean reused) {
    super(cause);
    this.reused = reused;
  }

  /** Whether the connection had carried another exchange before: a new one may do better. */
  boolean onReusedConnection() {
    return reused;
  }
}
