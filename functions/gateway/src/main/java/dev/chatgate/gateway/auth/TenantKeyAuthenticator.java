package dev.chatgate.gateway.auth;

import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantDirectory;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Accepts a tenant's key as a bearer token (RFC 6750, section 2.1). The key is looked up by its
 * SHA-256.
 */
public final class TenantKeyAuthenticator implements Authenticator {
  private static final String SCHEME = "bearer";

  private final TenantDirectory tenants;
  private final InstantSource clock;

  /**
   * @param tenants finds a tenant by the hash of a key
   * @param clock the current time, for keys that expire
   */
  public TenantKeyAuthenticator(TenantDirectory tenants, InstantSource clock) {
    this.tenants = tenants;
    this.clock = clock;
  }

  @Override
  public Authentication authenticate(GatewayRequest request) {
    var key = request.header("authorization").flatMap(TenantKeyAuthenticator::bearer);
    if (key.isEmpty()) {
      return refused("No API key was sent. Send it as: Authorization: Bearer <key>.");
    }
    return tenants
        .find(KeyHash.of(key.get()))
        .filter(known -> !known.expiredAt(clock.instant()))
        .<Authentication>map(Authentication.Authenticated::new)
        .orElseGet(() -> refused("The API key is unknown, expired or revoked."));
  }

  private static Authentication refused(String message) {
    return new Authentication.Refused(ApiError.of(ErrorCode.INVALID_API_KEY, message));
  }

  /** Returns the token. The scheme may be in any letter case, and additional spaces are ignored. */
  private static Optional<String> bearer(String authorization) {
    var trimmed = authorization.strip();
    if (!trimmed.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    var rest = trimmed.substring(SCHEME.length());
    var key = rest.strip();
    return key.isEmpty() || key.length() == rest.length() ? Optional.empty() : Optional.of(key);
  }
}
