package dev.chatgate.admin;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantItem.KeyEntry;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantKeyForm;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * One change of a tenant and its keys as a transaction, which holds only if the tenant's item is
 * still the one that it was made from.
 */
final class TenantChange {
  /** A reservation has two bytes for a key's code, and the highest code is no key's. */
  private static final int MAX_CODES = Caller.LOGIN_CODE;

  private final Tables tables;
  private final Optional<TenantItem> before;
  private final Tenant tenant;
  private final Map<String, KeyEntry> keys;
  private final KeyItemWriter keyItems;
  private final List<TransactWriteItem> writes = new ArrayList<>();
  private final InstantSource clock;
  private String keyProblem;
  private boolean hasKeyOfAnyForm;
  private int nextCode;

  /**
   * @param tables the deployment's tables
   * @param before the item as it was read; empty if there was none
   * @param tenant the configuration to write
   * @param clock tells when a new tenant is created
   */
  TenantChange(Tables tables, Optional<TenantItem> before, Tenant tenant, InstantSource clock) {
    this.tables = tables;
    this.before = before;
    this.tenant = tenant;
    this.clock = clock;
    this.keyItems = new KeyItemWriter(tables, tenant.id());
    this.keyProblem =
        "A secret of tenant " + tenant.id() + " is the key of another tenant already.";
    this.keys = new HashMap<>(before.map(TenantItem::keys).orElse(Map.of()));
    this.nextCode = before.map(TenantItem::nextCode).orElse(0);
  }

  /** It has afterwards exactly these keys; one that it had, by name and secret, keeps its code. */
  TenantChange onlyKeys(List<TenantSpec.Key> wanted) {
    var had = Map.copyOf(keys);
    keys.clear();
    for (var key : wanted) {
      var hash = KeyHash.of(key.secret());
      var same = Optional.ofNullable(had.get(key.name())).filter(old -> old.hash().equals(hash));
      write(key, same.orElseGet(() -> new KeyEntry(hash, freshCode())));
    }
    Set<KeyHash> kept = new HashSet<>();
    keys.values().forEach(key -> kept.add(key.hash()));
    had.values().stream()
        .map(KeyEntry::hash)
        .filter(hash -> !kept.contains(hash))
        .forEach(this::delete);
    return this;
  }

  /** Adds keys, or changes their expiry; one that it had, by name and secret, keeps its code. */
  TenantChange setKeys(List<TenantSpec.Key> some) {
    for (var key : some) {
      var hash = KeyHash.of(key.secret());
      var had = Optional.ofNullable(keys.get(key.name()));
      had.map(KeyEntry::hash).filter(old -> !old.equals(hash)).ifPresent(this::delete);
      var same = had.filter(old -> old.hash().equals(hash));
      write(key, same.orElseGet(() -> new KeyEntry(hash, freshCode())));
    }
    return this;
  }

  /** Adds a key. */
  TenantChange addKey(TenantSpec.Key key) {
    write(key, new KeyEntry(KeyHash.of(key.secret()), freshCode()));
    return this;
  }

  /** Takes a key out. */
  TenantChange removeKey(String name) {
    var key = keys.remove(name);
    if (key != null) {
      delete(key.hash());
    }
    return this;
  }

  /** Changes what a key may be used for; it must be there. */
  TenantChange setScopes(String name, Set<Scope> scopes) {
    var key = keys.get(name);
    if (key != null) {
      writes.add(keyItems.writeScopes(key.hash(), scopes));
      keyProblem =
          "The stored key %s of tenant %s is damaged: revoke it.".formatted(name, tenant.id());
    }
    return this;
  }

  private int freshCode() {
    if (nextCode >= MAX_CODES) {
      throw new IllegalArgumentException(
          "Tenant %s has had %d keys, and has no number left for another."
              .formatted(tenant.id(), MAX_CODES));
    }
    return nextCode++;
  }

  private void write(TenantSpec.Key key, KeyEntry entry) {
    keys.put(key.name(), entry);
    hasKeyOfAnyForm |= !TenantKeyForm.isGenerated(key.secret());
    writes.add(keyItems.write(key, entry));
  }

  private void delete(KeyHash hash) {
    writes.add(keyItems.delete(hash));
  }

  /** The transaction. */
  TenantWrite write() {
    long version = before.map(TenantItem::version).orElse(0L);
    var stored = before.map(TenantItem::stored).orElse(Map.of());
    var item =
        TenantItemWriter.write(
            new TenantItem(tenant, keys, nextCode, version + 1, stored), clock.instant());
    ItemSize.require(
        "Tenant " + tenant.id(),
        item,
        "shorten its models, aliases, origins, issuers, tiers or keys.");
    var put = Put.builder().item(item).tableName(tables.tenants());
    // Against a writer between our read and this write: what that one wrote would be lost.
    if (before.isEmpty()) {
      put.conditionExpression("attribute_not_exists(pk)");
    } else {
      put.conditionExpression("#version = :before")
          .expressionAttributeNames(Map.of("#version", TenantItem.VERSION))
          .expressionAttributeValues(beforeIs(version));
    }
    return new TenantWrite(
        Optional.of(tenant),
        TransactWriteItem.builder().put(put.build()).build(),
        writes,
        keyProblem,
        hasKeyOfAnyForm);
  }

  /** The transaction that takes the tenant's item away, if it has no keys any more. */
  static TenantWrite removal(Tables tables, TenantItem before) {
    var delete =
        Delete.builder()
            .tableName(tables.tenants())
            .key(TenantItem.keyOf(before.tenant().id()))
            .conditionExpression("#version = :before")
            .expressionAttributeNames(Map.of("#version", TenantItem.VERSION))
            .expressionAttributeValues(beforeIs(before.version()))
            .build();
    return new TenantWrite(
        Optional.empty(), TransactWriteItem.builder().delete(delete).build(), List.of(), "", false);
  }

  private static Map<String, AttributeValue> beforeIs(long version) {
    return Map.of(":before", AttributeValue.fromN(Long.toString(version)));
  }
}
