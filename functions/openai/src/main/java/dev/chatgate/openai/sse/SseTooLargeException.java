package dev.chatgate.openai.sse;

import java.io.IOException;

/** An event is larger than the reader may hold. */
public final class SseTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  SseTooLargeException(int maxEventBytes) {
    super("an event of more than " + maxEventBytes + " bytes");
  }
}
