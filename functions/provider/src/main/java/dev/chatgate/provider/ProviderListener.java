package dev.chatgate.provider;

/** Hears how a call at the provider went, for metrics and the log. It must not throw or block. */
public interface ProviderListener {
  /** Hears nothing. */
  ProviderListener NONE = new ProviderListener() {};

  /** The call is repeated after a failure. */
  default void repeated() {}

  /** The provider refused the key; another is tried. */
  default void keyReplaced() {}

  /** The key that is tried is the one before the current. */
  default void previousKeyUsed() {}

  /**
   * A choice of the answer has finished.
   *
   * @param reason the provider's word for why, as it came
   */
  default void finished(String reason) {}
}
