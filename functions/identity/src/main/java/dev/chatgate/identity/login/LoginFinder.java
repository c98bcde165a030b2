package dev.chatgate.identity.login;

import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex;
import java.util.List;
import java.util.Optional;

/** Finds the tenant that a token's issuer and audience belong to. */
final class LoginFinder {
  /**
   * Most tenants that are read for one token. Issuers and audiences are public, so a token without
   * a signature could name those of every tenant.
   */
  static final int MAX_TENANTS = 4;

  private final TenantDirectory tenants;

  LoginFinder(TenantDirectory tenants) {
    this.tenants = tenants;
  }

  /**
   * A tenant, and the one of its logins that a token is from.
   *
   * @param tenant the tenant
   * @param issuer one of its issuers
   */
  record Login(Tenant tenant, Issuer issuer) {}

  /**
   * Finds the login of a token. Which claim has the audience is known only with the tenant, and a
   * tenant is read only if some string of the claims is an audience of it: a token of an unknown
   * issuer or audience causes no read.
   *
   * @return empty if no tenant accepts the issuer and audience, if they are those of several, or if
   *     the claims have audiences of more than {@link #MAX_TENANTS} tenants
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Optional<Login> find(Claims claims) {
    return claims.text("iss").flatMap(issuer -> find(claims, issuer));
  }

  private Optional<Login> find(Claims claims, String issuer) {
    var index = tenants.index();
    var named =
        claims
            .allTexts()
            .flatMap(text -> index.tenantOf(issuer, text).stream())
            .distinct()
            .toList();
    if (named.size() > MAX_TENANTS) {
      return Optional.empty();
    }
    var logins =
        named.stream()
            .flatMap(id -> tenants.find(id).stream())
            .flatMap(tenant -> login(claims, issuer, index, tenant).stream())
            .toList();
    return logins.size() == 1 ? Optional.of(logins.getFirst()) : Optional.empty();
  }

  /** The first of the tenant's issuers with an audience claim that fits. */
  private static Optional<Login> login(
      Claims claims, String name, TenantIndex index, Tenant tenant) {
    return tenant.issuers().stream()
        .filter(issuer -> issuer.issuer().equals(name))
        .filter(issuer -> {
          var audiences = claims.texts(issuer.audienceClaim());
          return audiences.stream().anyMatch(issuer.audiences()::contains)
              && ownersOf(audiences, name, index).equals(List.of(tenant.id()));
        })
        .findFirst()
        .map(issuer -> new Login(tenant, issuer));
  }

  private static List<TenantId> ownersOf(List<String> audiences, String name, TenantIndex index) {
    return audiences.stream()
        .flatMap(audience -> index.tenantOf(name, audience).stream())
        .distinct()
        .toList();
  }
}
