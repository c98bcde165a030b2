package dev.chatgate.bench.report;

/** Something cannot be measured on this machine; the message is a sentence that says why. */
public final class NotHereException extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * @param message why, and what would help
   */
  public NotHereException(String message) {
    super(message);
  }
}
