package dev.chatgate.cli.provider;

/** What came of trying a key at the provider. */
sealed interface ProviderAnswer {

  /** It was taken. */
  record Taken() implements ProviderAnswer {}

  /**
   * It was refused.
   *
   * @param status 401 or 403
   */
  record Refused(int status) implements ProviderAnswer {}

  /**
   * The provider answered something that says nothing of the key.
   *
   * @param status what
   */
  record Unclear(int status) implements ProviderAnswer {}

  /** Nobody answered. */
  record Unreachable() implements ProviderAnswer {}

  /** Nobody was asked: the address is not known. */
  record NotTried() implements ProviderAnswer {}
}
