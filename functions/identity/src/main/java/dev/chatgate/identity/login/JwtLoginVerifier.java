package dev.chatgate.identity.login;

import dev.chatgate.identity.keyset.KeyLookup;
import dev.chatgate.identity.keyset.KeySets;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.TenantDirectory;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Checks JSON Web Tokens that are signed with an asymmetric key (RFC 7519, RFC 8725). What a token
 * says is compared first and its signature last, since only the signature can need a fetch; a token
 * with a bad signature is never said to be expired.
 */
public final class JwtLoginVerifier implements LoginVerifier {
  private static final LoginResult INVALID = new LoginResult.Invalid();
  private static final LoginResult EXPIRED = new LoginResult.Expired();

  private final LoginFinder logins;
  private final KeySets keys;
  private final InstantSource clock;

  /**
   * @param tenants finds the tenants and the index of their logins
   * @param keys the keys of the issuers
   * @param clock the present
   */
  public JwtLoginVerifier(TenantDirectory tenants, KeySets keys, InstantSource clock) {
    this.logins = new LoginFinder(tenants);
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public LoginResult verify(String token) {
    return CompactToken.read(token).map(this::verify).orElse(INVALID);
  }

  private LoginResult verify(CompactToken token) {
    var now = clock.instant();
    var claims = token.claims();
    var validity = Validity.of(claims).filter(times -> times.hasBegun(now));
    if (validity.isEmpty()) {
      return INVALID;
    }
    var login = logins.find(claims).filter(found -> hasRequiredClaims(claims, found.issuer()));
    var endUser = login.flatMap(found -> endUser(claims, found.issuer()));
    if (login.isEmpty() || endUser.isEmpty()) {
      return INVALID;
    }
    var inForce =
        validity.get().isOver(now)
            ? EXPIRED
            : new LoginResult.Valid(
                login.get().tenant(), endUser.get(), tier(claims, login.get().issuer()));
    return switch (keys.find(login.get().issuer(), token.keyId())) {
      case KeyLookup.Found(var key) -> token.isSignedWith(key) ? inForce : INVALID;
      case KeyLookup.NotFound() -> INVALID;
      case KeyLookup.Unavailable(var retryAfter) -> new LoginResult.Unavailable(retryAfter);
    };
  }

  private static boolean hasRequiredClaims(Claims claims, Issuer issuer) {
    return issuer.requiredClaims().entrySet().stream()
        .allMatch(required -> claims.has(required.getKey(), required.getValue()));
  }

  /** A claim that is missing or no string names no tier: the default one holds. */
  private static Optional<String> tier(Claims claims, Issuer issuer) {
    return issuer.tierClaim().flatMap(claims::text);
  }

  private static Optional<EndUser> endUser(Claims claims, Issuer issuer) {
    var prefix = issuer.userPrefix().orElse("");
    return claims
        .text(issuer.userClaim())
        .filter(id -> !id.isEmpty())
        .flatMap(id -> EndUser.of(prefix + id));
  }
}
