package dev.chatgate.tenant;

import java.util.Map;
import java.util.Optional;

/** Finds tenants by what their credentials say. */
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
   * Looks a tenant's key up by its number, otherwise like {@link #find(KeyHash)}.
   *
   * @param tenant the tenant
   * @param keyCode the key's number in the tenant
   * @return empty if there is no such tenant, or it has no such key
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Optional<Credential> find(TenantId tenant, int keyCode);

  /**
   * Looks a tenant up as it stands in the store now, also if it is suspended.
   *
   * @return empty if there is no such tenant
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Optional<Tenant> find(TenantId tenant);

  /**
   * The index of all credentials; {@link TenantIndex#ABSENT} if the store has none.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  TenantIndex index();

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
