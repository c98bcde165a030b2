package dev.chatgate.local.http;

import java.io.IOException;

/** A message is larger than its reader allows. */
public final class TooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  TooLargeException(String message) {
    super(message);
  }
}
