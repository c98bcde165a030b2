package dev.chatgate.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A key as it is stored, without its secret.
 *
 * @param name its name in the tenant
 * @param code its number in the tenant
 * @param expiresAt from when on it is unknown; absent means never
 */
public record TenantKey(String name, int code, Optional<Instant> expiresAt) {

  /** Whether it has expired. */
  public boolean expiredAt(Instant now) {
    return expiresAt.isPresent() && !now.isBefore(expiresAt.get());
  }
}
