package dev.chatgate.tenant;

import java.util.Optional;

/** Finds the tenant that a key belongs to. */
@FunctionalInterface
public interface TenantDirectory {

  /**
   * Looks a key up as it stands in the store now: suspended tenants and expired keys are found too.
   *
   * @param key the hash of the key that was sent
   * @return empty if no tenant has such a key
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Optional<Credential> find(KeyHash key);
}
