package dev.chatgate.openai.provider;

import java.io.IOException;

/** A body is larger than what is held in memory. */
final class BodyTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  BodyTooLargeException(int mostBytes) {
    super("a body of more than " + mostBytes + " bytes");
  }
}
