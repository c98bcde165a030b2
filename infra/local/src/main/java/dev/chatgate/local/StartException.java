package dev.chatgate.local;

/** The local system cannot start; the message is one sentence for the user. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence that says what to change
   */
  public StartException(String message) {
    super(message);
  }

  StartException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * A port cannot be listened on.
   *
   * @param setting the setting that names it
   */
  static StartException portInUse(String setting, int port, Throwable cause) {
    return new StartException(
        "%s: port %d on 127.0.0.1 is in use.".formatted(setting, port), cause);
  }
}
