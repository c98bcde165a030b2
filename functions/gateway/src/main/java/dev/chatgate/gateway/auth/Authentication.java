package dev.chatgate.gateway.auth;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Credential;
import java.util.Optional;

/** The result of an {@link Authenticator}. */
public sealed interface Authentication {
  /**
   * The credential is valid now. The tenant's status and permissions have not been checked.
   *
   * @param caller the tenant and what the credential allows
   * @param key the tenant key, if that is the credential
   * @param clientSecretId the id of the client secret, if that is the credential
   */
  record Authenticated(Caller caller, Optional<Credential> key, Optional<String> clientSecretId)
      implements Authentication {
    /** The caller uses a tenant key itself. */
    static Authenticated withKey(Credential key) {
      return new Authenticated(Caller.of(key), Optional.of(key), Optional.empty());
    }

    /** The caller uses a client secret. */
    static Authenticated withClientSecret(Caller caller, String id) {
      return new Authenticated(caller, Optional.empty(), Optional.of(id));
    }

    /** The caller uses the token of a login. */
    static Authenticated withLogin(Caller caller) {
      return new Authenticated(caller, Optional.empty(), Optional.empty());
    }

    /** The same authentication with another caller. */
    public Authenticated withCaller(Caller other) {
      return new Authenticated(other, key, clientSecretId);
    }
  }

  /**
   * There is no valid credential, or it cannot be checked now.
   *
   * @param error the answer, a 401 or 503
   */
  record Refused(ApiError error) implements Authentication {}
}
