package dev.chatgate.identity.login;

/** Checks the tokens of logins. */
@FunctionalInterface
public interface LoginVerifier {
  /**
   * Checks a token.
   *
   * @param token the bearer token as it was sent
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  LoginResult verify(String token);
}
