package dev.chatgate.gateway.auth;

import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantDirectory;
import java.time.InstantSource;
import java.util.Optional;

/** Accepts a tenant's key. The key is looked up by its SHA-256. */
public final class TenantKeyAuthenticator implements TokenAuthenticator {
  private final TenantDirectory tenants;
  private final InstantSource clock;

  /**
   * @param tenants finds a tenant by the hash of a key
   * @param clock the current time, for keys that expire
   */
  public TenantKeyAuthenticator(TenantDirectory tenants, InstantSource clock) {
    this.tenants = tenants;
    this.clock = clock;
  }

  @Override
  public Optional<Authentication> authenticate(String token) {
    return tenants
        .find(KeyHash.of(token))
        .filter(known -> !known.expiredAt(clock.instant()))
        .map(Authentication.Authenticated::withKey);
  }
}
