package dev.chatgate.secret;

import org.jspecify.annotations.Nullable;

/**
 * The signing secret could not be read: no secret, no permission, damaged, or no answer. The
 * message holds no part of it.
 */
public final class SigningSecretUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what what failed, without any value in it
   * @param cause what the client of the store of secrets threw, if it threw
   */
  public SigningSecretUnavailableException(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
