package dev.chatgate.gateway.auth;

import dev.chatgate.identity.login.LoginResult;
import dev.chatgate.identity.login.LoginVerifier;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Narrowing;
import java.util.Optional;

/** Accepts the token of a login that a tenant trusts. */
public final class LoginAuthenticator implements TokenAuthenticator {
  private final LoginVerifier logins;

  /**
   * @param logins checks tokens
   */
  public LoginAuthenticator(LoginVerifier logins) {
    this.logins = logins;
  }

  @Override
  public Optional<Authentication> authenticate(String token) {
    return switch (logins.verify(token)) {
      case LoginResult.Valid valid ->
          Optional.of(Authentication.Authenticated.withLogin(caller(valid)));
      case LoginResult.Expired() ->
          Optional.of(new Authentication.Refused(AuthenticationErrors.expired()));
      case LoginResult.Unavailable(var retryAfter) ->
          Optional.of(new Authentication.Refused(AuthenticationErrors.unavailable(retryAfter)));
      case LoginResult.Invalid() -> Optional.empty();
    };
  }

  private static Caller caller(LoginResult.Valid login) {
    return new Caller(
            login.tenant(),
            Caller.Kind.LOGIN,
            Caller.LOGIN_NAME,
            Caller.LOGIN_CODE,
            Caller.FRONT_END,
            Narrowing.NONE,
            Optional.of(login.endUser()))
        .withCredentialTier(login.tier());
  }
}
