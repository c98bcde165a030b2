package dev.chatgate.cli.provider;

/** The result of checking a key at the provider. */
sealed interface KeyCheckResult {

  /** The provider accepted the key. */
  record Accepted() implements KeyCheckResult {}

  /**
   * The provider rejected the key.
   *
   * @param status HTTP status, 401 or 403
   */
  record Rejected(int status) implements KeyCheckResult {}

  /**
   * The provider responded with a status that says nothing about the key.
   *
   * @param status HTTP status
   */
  record Inconclusive(int status) implements KeyCheckResult {}

  /** The provider could not be reached. */
  record Unreachable() implements KeyCheckResult {}

  /** The key was not checked, because the base URL is not known. */
  record NotChecked() implements KeyCheckResult {}
}
