package dev.chatgate.gateway.auth;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.tenant.Credential;

/** The result of an {@link Authenticator}. */
public sealed interface Authentication {
  /**
   * The credential is valid now. The tenant's status and permissions have not been checked.
   *
   * @param caller the tenant and the key that was used
   */
  record Authenticated(Credential caller) implements Authentication {}

  /**
   * There is no valid credential.
   *
   * @param error the answer, a 401
   */
  record Refused(ApiError error) implements Authentication {}
}
