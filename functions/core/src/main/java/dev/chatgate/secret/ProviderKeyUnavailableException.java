package dev.chatgate.secret;

import org.jspecify.annotations.Nullable;

/**
 * The provider's key could not be read: no secret, no permission, or no answer. The message holds
 * no part of it.
 */
public final class ProviderKeyUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what what failed, without any value in it
   * @param cause what the client of the store of secrets threw, if it threw
   */
  public ProviderKeyUnavailableException(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
