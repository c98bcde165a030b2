package dev.chatgate.local.http;

import java.io.IOException;

/** What came over a connection is not HTTP/1.1, or needs what this server does not have. */
public final class MalformedException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int BAD_REQUEST = 400;

  private final int status;

  MalformedException(String message) {
    this(BAD_REQUEST, message);
  }

  MalformedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The status to answer with. */
  int status() {
    return status;
  }
}
