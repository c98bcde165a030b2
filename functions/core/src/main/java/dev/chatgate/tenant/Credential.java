package dev.chatgate.tenant;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A tenant key as it is stored, and its tenant.
 *
 * @param tenant the tenant as it was read with the key
 * @param tenantCreatedAt when the tenant was created: it tells two tenants apart that have the same
 *     name one after the other; absent for a tenant of a release before 0.2.0
 * @param keyName the key's name in the tenant, never its secret
 * @param keyCode the key's number in the tenant, never used again for another; 0 to 65,534
 * @param expiresAt from when on the key is unknown; absent means never
 * @param scopes what the key may be used for
 */
public record Credential(
    Tenant tenant,
    Optional<Instant> tenantCreatedAt,
    String keyName,
    int keyCode,
    Optional<Instant> expiresAt,
    Set<Scope> scopes) {
  /** Copies the set. */
  public Credential {
    scopes = Set.copyOf(scopes);
  }

  /**
   * Whether the key has expired.
   *
   * @param now the present
   */
  public boolean expiredAt(Instant now) {
    return expiresAt.isPresent() && !now.isBefore(expiresAt.get());
  }
}
