package dev.chatgate.admin;

import dev.chatgate.tenant.Scope;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key as it is stored, without its secret.
 *
 * @param name its name in the tenant
 * @param code its number in the tenant
 * @param expiresAt from when on it is unknown; absent means never
 * @param scopes what it may be used for
 */
public record TenantKey(String name, int code, Optional<Instant> expiresAt, Set<Scope> scopes) {
  /** Copies the set. */
  public TenantKey {
    scopes = Set.copyOf(scopes);
  }

  /** Whether it has expired. */
  public boolean expiredAt(Instant now) {
    return expiresAt.isPresent() && !now.isBefore(expiresAt.get());
  }
}
