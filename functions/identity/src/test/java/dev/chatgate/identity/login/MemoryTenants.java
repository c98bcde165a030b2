package dev.chatgate.identity.login;

import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex;
import dev.chatgate.tenant.TenantIndex.Login;
import dev.chatgate.tenant.TenantStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tenants with logins. It counts what is read of it. */
final class MemoryTenants implements TenantDirectory {
  private final Map<TenantId, Tenant> tenants = new HashMap<>();
  private final Map<Login, TenantId> logins = new HashMap<>();
  private final List<TenantId> reads = new ArrayList<>();
  private int indexReads;

  /** Adds a tenant and its pairs of issuer and audience. */
  Tenant add(String name, Issuer... issuers) {
    var tenant = tenant(name, issuers);
    tenants.put(tenant.id(), tenant);
    for (var issuer : issuers) {
      for (var audience : issuer.audiences()) {
        logins.put(new Login(issuer.issuer(), audience), tenant.id());
      }
    }
    return tenant;
  }

  /** Replaces a tenant and leaves the index as it is. */
  void replace(String name, Issuer... issuers) {
    tenants.put(new TenantId(name), tenant(name, issuers));
  }

  /** Removes a tenant and leaves the index as it is. */
  void remove(String name) {
    tenants.remove(new TenantId(name));
  }

  /** Removes a pair from the index and leaves the tenant as it is. */
  void release(String issuer, String audience) {
    logins.remove(new Login(issuer, audience));
  }

  private static Tenant tenant(String name, Issuer... issuers) {
    return new Tenant(
            new TenantId(name),
            TenantStatus.ACTIVE,
            Quota.UNLIMITED,
            Optional.empty(),
            Map.of(),
            Optional.empty())
        .withIssuers(List.of(issuers));
  }

  /** The tenants that were read, in order. */
  List<String> reads() {
    return reads.stream().map(TenantId::value).toList();
  }

  int indexReads() {
    return indexReads;
  }

  @Override
  public Optional<Tenant> find(TenantId tenant) {
    reads.add(tenant);
    return Optional.ofNullable(tenants.get(tenant));
  }

  @Override
  public TenantIndex index() {
    indexReads++;
    return new TenantIndex(logins, false);
  }

  @Override
  public Optional<Credential> find(KeyHash key) {
    throw new UnsupportedOperationException("a login has no tenant key");
  }

  @Override
  public Optional<Credential> find(TenantId tenant, int keyCode) {
    throw new UnsupportedOperationException("a login has no tenant key");
  }
}
