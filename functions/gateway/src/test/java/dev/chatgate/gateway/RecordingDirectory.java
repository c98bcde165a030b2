package dev.chatgate.gateway;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A directory in memory that records every look-up. */
public final class RecordingDirectory implements TenantDirectory {
  /** What was looked up: {@code key}, {@code key number}, {@code tenant} or {@code index}. */
  public final List<String> reads = new CopyOnWriteArrayList<>();

  public final Map<KeyHash, Credential> keys = new ConcurrentHashMap<>();
  public boolean anyKeyForm = true;
  public boolean away;

  @Override
  public Optional<Credential> find(KeyHash key) {
    read("key");
    return Optional.ofNullable(keys.get(key));
  }

  @Override
  public Optional<Credential> find(TenantId tenant, int keyCode) {
    read("key number");
    return keys.values().stream()
        .filter(key -> key.tenant().id().equals(tenant) && key.keyCode() == keyCode)
        .findFirst();
  }

  @Override
  public Optional<Tenant> find(TenantId tenant) {
    read("tenant");
    return keys.values().stream()
        .map(Credential::tenant)
        .filter(known -> known.id().equals(tenant))
        .findFirst();
  }

  @Override
  public TenantIndex index() {
    read("index");
    return new TenantIndex(Map.of(), anyKeyForm);
  }

  private void read(String what) {
    reads.add(what);
    if (away) {
      throw new StoreUnavailableException("reading the Tenants table", new IOException());
    }
  }
}
