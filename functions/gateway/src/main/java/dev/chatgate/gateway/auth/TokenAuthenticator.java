package dev.chatgate.gateway.auth;

import java.util.Optional;

/** Identifies the caller by a bearer token of one kind. */
@FunctionalInterface
public interface TokenAuthenticator {
  /**
   * Checks a token.
   *
   * @param token visible ASCII
   * @return empty if the token is not of this kind, or not genuine
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if the signing secret is needed
   *     and cannot be read
   */
  Optional<Authentication> authenticate(String token);
}
