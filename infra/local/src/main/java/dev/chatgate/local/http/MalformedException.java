package dev.chatgate.local.http;

import java.io.IOException;

/** What came over a connection is not HTTP/1.1. */
public final class MalformedException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedException(String message) {
    super(message);
  }
}
