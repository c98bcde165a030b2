package dev.chatgate.gateway.auth;

import dev.chatgate.gateway.http.GatewayRequest;

/** Identifies the caller by the credential in the request. */
@FunctionalInterface
public interface Authenticator {

  /**
   * Checks the credential of a request.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Authentication authenticate(GatewayRequest request);
}
