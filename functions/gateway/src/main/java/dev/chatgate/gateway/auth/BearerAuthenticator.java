package dev.chatgate.gateway.auth;

import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantKeyForm;
import java.util.Optional;

/**
 * Identifies the caller by the bearer token (RFC 6750, section 2.1). Its form says what it is: a
 * client secret, the token of a login, or a tenant key. A token that has none of these forms is
 * refused without a look-up.
 */
public final class BearerAuthenticator implements Authenticator {
  /** Maximum length of a token in bytes. */
  public static final int MAX_BYTES = 8192;

  /** A JSON Web Token begins with <code>{"</code> in base64url. */
  private static final String JWT_PREFIX = "ey";

  private static final String SCHEME = "bearer";

  private final TenantDirectory tenants;
  private final TokenAuthenticator keys;
  private final TokenAuthenticator clientSecrets;
  private final TokenAuthenticator logins;

  /**
   * @param tenants says whether a tenant key may have any form
   * @param keys checks tenant keys
   * @param clientSecrets checks client secrets
   * @param logins checks the tokens of logins
   */
  public BearerAuthenticator(
      TenantDirectory tenants,
      TokenAuthenticator keys,
      TokenAuthenticator clientSecrets,
      TokenAuthenticator logins) {
    this.tenants = tenants;
    this.keys = keys;
    this.clientSecrets = clientSecrets;
    this.logins = logins;
  }

  @Override
  public Authentication authenticate(GatewayRequest request) {
    var token = request.header("authorization").flatMap(BearerAuthenticator::bearer);
    if (token.isEmpty()) {
      return new Authentication.Refused(AuthenticationErrors.missing());
    }
    return token
        .filter(BearerAuthenticator::canBeCredential)
        .flatMap(this::find)
        .orElseGet(() -> new Authentication.Refused(AuthenticationErrors.invalid()));
  }

  /** A tenant key of any form may look like another credential. */
  private Optional<Authentication> find(String token) {
    return findToken(token).or(() -> isKey(token) ? keys.authenticate(token) : Optional.empty());
  }

  private Optional<Authentication> findToken(String token) {
    if (token.startsWith(ClientSecretCodec.PREFIX)) {
      return clientSecrets.authenticate(token);
    }
    return isJwt(token) ? logins.authenticate(token) : Optional.empty();
  }

  private boolean isKey(String token) {
    return TenantKeyForm.isGenerated(token) || tenants.index().anyKeyForm();
  }

  private static boolean isJwt(String token) {
    return token.startsWith(JWT_PREFIX) && token.chars().filter(c -> c == '.').count() == 2;
  }

  private static boolean canBeCredential(String token) {
    return token.length() <= MAX_BYTES && token.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  /** Returns the token. The scheme may be in any letter case, and additional spaces are ignored. */
  private static Optional<String> bearer(String authorization) {
    var trimmed = authorization.strip();
    if (!trimmed.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    var rest = trimmed.substring(SCHEME.length());
    var token = rest.strip();
    return token.isEmpty() || token.length() == rest.length()
        ? Optional.empty()
        : Optional.of(token);
  }
}
