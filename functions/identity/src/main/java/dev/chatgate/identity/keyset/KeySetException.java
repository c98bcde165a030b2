package dev.chatgate.identity.keyset;

import java.io.IOException;

/** A key set that could not be fetched, or that is none. The message quotes no answer. */
public final class KeySetException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the reason, for the log
   */
  public KeySetException(String message) {
    super(message);
  }
}
