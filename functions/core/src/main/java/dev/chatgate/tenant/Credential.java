package dev.chatgate.tenant;

import java.time.Instant;
import java.util.Optional;

/**
 * A live tenant key and its tenant.
 *
 * @param tenant the tenant as it was read with the key
 * @param keyName the key's name in the tenant, never its secret
 * @param keyCode the key's number in the tenant, never used again for another; 0 to 65,535
 * @param expiresAt from when on the key is unknown; absent means never
 */
public record Credential(Tenant tenant, String keyName, int keyCode, Optional<Instant> expiresAt) {

  /**
   * Whether the key has expired.
   *
   * @param now the present
   */
  public boolean expiredAt(Instant now) {
    return expiresAt.isPresent() && !now.isBefore(expiresAt.get());
  }
}
