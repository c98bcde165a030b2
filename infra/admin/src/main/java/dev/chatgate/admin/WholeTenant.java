package dev.chatgate.admin;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Tenant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes a whole tenant: in one transaction where that is possible. One with more keys takes
 * several steps, each a transaction that leaves the item and the keys in agreement: first goes what
 * is to go, then comes what is to come. Steps that were cut short are completed by the same change
 * made again.
 */
final class WholeTenant {
  /** Of one step: each may take away one item and write another. */
  private static final int KEYS_AT_ONCE = 40;

  private final Tables tables;
  private final Tenant tenant;
  private final Optional<List<TenantSpec.Key>> keys;
  private final InstantSource clock;

  /**
   * @param tables the deployment's tables
   * @param tenant the configuration
   * @param keys exactly the keys that it is to have; absent leaves them as they are
   * @param clock tells when a new tenant is created
   */
  WholeTenant(
      Tables tables, Tenant tenant, Optional<List<TenantSpec.Key>> keys, InstantSource clock) {
    this.tables = tables;
    this.tenant = tenant;
    this.keys = keys;
    this.clock = clock;
  }

  /** The first step, from what is stored: all of it where one transaction takes it. */
  TenantWrite first(Optional<TenantItem> before) {
    // For its size too: what the last step could not store, the first need not begin.
    var whole = whole(before);
    return whole.fits() ? whole : withoutSome(before);
  }

  private TenantWrite whole(Optional<TenantItem> before) {
    var whole = change(before, tenant);
    keys.ifPresent(whole::onlyKeys);
    return whole.write();
  }

  /** What remains when the first step is done; each made from what is stored then. */
  List<Function<TenantItem, TenantWrite>> others(Optional<TenantItem> before) {
    List<Function<TenantItem, TenantWrite>> steps = new ArrayList<>();
    if (whole(before).fits()) {
      return steps;
    }
    int removals = Math.ceilDiv(stale(before).size(), KEYS_AT_ONCE);
    for (int i = 1; i < removals; i++) {
      steps.add(item -> withoutSome(Optional.of(item)));
    }
    var wanted = keys.orElse(List.of());
    for (int from = 0; from < wanted.size(); from += KEYS_AT_ONCE) {
      var some = wanted.subList(from, Math.min(wanted.size(), from + KEYS_AT_ONCE));
      steps.add(item -> change(Optional.of(item), item.tenant()).setKeys(some).write());
    }
    return steps;
  }

  private TenantWrite withoutSome(Optional<TenantItem> before) {
    var change = change(before, tenant);
    stale(before).stream().limit(KEYS_AT_ONCE).forEach(change::removeKey);
    return change.write();
  }

  /** The names of keys that are not to stay as they are. */
  private List<String> stale(Optional<TenantItem> before) {
    Map<String, KeyHash> wanted =
        keys.orElse(List.of()).stream()
            .collect(Collectors.toMap(TenantSpec.Key::name, key -> KeyHash.of(key.secret())));
    return before.map(TenantItem::keys).orElse(Map.of()).entrySet().stream()
        .filter(key -> !key.getValue().hash().equals(wanted.get(key.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private TenantChange change(Optional<TenantItem> before, Tenant configuration) {
    return new TenantChange(tables, before, configuration, clock);
  }
}
