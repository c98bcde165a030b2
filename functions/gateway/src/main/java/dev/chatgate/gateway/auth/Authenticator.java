package dev.chatgate.gateway.auth;

import dev.chatgate.gateway.http.GatewayRequest;

/** Finds out who makes a call, by the credential that the call carries. */
@FunctionalInterface
public interface Authenticator {

  /**
   * Looks at the credential of a call.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Authentication authenticate(GatewayRequest request);
}
