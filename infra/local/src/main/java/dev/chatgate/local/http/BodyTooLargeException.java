package dev.chatgate.local.http;

import java.io.IOException;

/** A message is larger than its reader allows. */
public final class BodyTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  BodyTooLargeException(String message) {
    super(message);
  }
}
