package dev.chatgate.bench.report;

/** A measurement is not possible on this machine. The message is a sentence with the reason. */
public final class NotHereException extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * @param message the reason, and what would help
   */
  public NotHereException(String message) {
    super(message);
  }
}
