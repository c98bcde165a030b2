package dev.chatgate.streaming;

import java.io.IOException;

/**
 * The Runtime API refused a call in a way that ends the loop, or answered that the container is
 * broken.
 */
final class RuntimeApiException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;

  RuntimeApiException(String path, int status) {
    super("The Runtime API answered " + status + " to " + path);
    this.status = status;
  }

  /** Lambda's 403: the call does not fit the state in which it holds the invocation. */
  boolean outOfTurn() {
    return status == 403;
  }

  /** Lambda's 500: nothing will come of this environment, and the runtime is to exit promptly. */
  boolean brokenContainer() {
    return status >= 500;
  }
}
