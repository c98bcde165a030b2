package dev.chatgate.tenant;

import java.util.Map;
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

  /**
   * Some keys as they stand in the store now, found as {@link #find} would, to be looked up before
   * their calls come: none, unless a directory has a cheap way to read them.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  default Map<KeyHash, Credential> some() {
    return Map.of();
  }
}
