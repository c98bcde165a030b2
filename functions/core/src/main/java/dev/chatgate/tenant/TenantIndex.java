package dev.chatgate.tenant;

import java.util.Map;
import java.util.Optional;

/**
 * What the deployment knows of all its tenants' credentials without looking one up. It decides
 * which bearer tokens cannot be credentials.
 *
 * @param logins the tenant of each issuer and audience
 * @param anyKeyForm whether a tenant key may have any form; if not, every key has the form that
 *     {@link TenantKeyForm} checks
 */
public record TenantIndex(Map<Login, TenantId> logins, boolean anyKeyForm) {
  /** What is assumed of a table that has no index: no logins, keys of any form. */
  public static final TenantIndex ABSENT = new TenantIndex(Map.of(), true);

  /**
   * What identifies the tenant of a login.
   *
   * @param issuer the claim {@code iss}, exactly
   * @param audience a value of the audience claim, exactly
   */
  public record Login(String issuer, String audience) {}

  /** Copies the map. */
  public TenantIndex {
    logins = Map.copyOf(logins);
  }

  /** The tenant of an issuer and an audience. */
  public Optional<TenantId> tenantOf(String issuer, String audience) {
    return Optional.ofNullable(logins.get(new Login(issuer, audience)));
  }
}
