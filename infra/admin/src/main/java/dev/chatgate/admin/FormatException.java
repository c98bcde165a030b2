package dev.chatgate.admin;

/**
 * An operator's text is not what it should be; the message names the place and what is expected.
 */
public final class FormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  FormatException(String message) {
    super(message);
  }
}
