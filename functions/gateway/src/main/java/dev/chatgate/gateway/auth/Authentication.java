package dev.chatgate.gateway.auth;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.tenant.Credential;

/** What an {@link Authenticator} found. */
public sealed interface Authentication {
  /**
   * The credential is valid now. What its tenant may do is not looked at.
   *
   * @param caller the tenant, with the key that was used
   */
  record Authenticated(Credential caller) implements Authentication {}

  /**
   * There is no valid credential.
   *
   * @param error the answer, a 401
   */
  record Refused(ApiError error) implements Authentication {}
}
