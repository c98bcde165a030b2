package dev.chatgate.streaming;

import java.io.IOException;

/** The Runtime API answered a call with an unexpected status. The loop ends. */
final class RuntimeApiException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;

  RuntimeApiException(String path, int status) {
    super("The Runtime API answered " + status + " to " + path);
    this.status = status;
  }

  /**
   * Whether the status is 403: Lambda does not allow this call in the invocation's present state.
   */
  boolean wrongState() {
    return status == 403;
  }

  /**
   * Whether the status is 500 or more: Lambda will not use this environment again, and the process
   * must exit.
   */
  boolean brokenContainer() {
    return status >= 500;
  }
}
