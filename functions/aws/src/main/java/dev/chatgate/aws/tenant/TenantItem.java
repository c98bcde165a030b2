package dev.chatgate.aws.tenant;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A tenant's item in the Tenants table: {@link TenantStore} says what is where.
 *
 * @param tenant the configuration
 * @param keys its keys by name
 * @param nextCode the code of the next key
 * @param version counts the writes, 1 and up
 * @param stored the attributes as they were read, empty for a new tenant: those that are not known
 *     are kept when the item is written again
 */
record TenantItem(
    Tenant tenant,
    Map<String, KeyEntry> keys,
    int nextCode,
    long version,
    Map<String, AttributeValue> stored) {
  static final String TENANT = "tenant#";
  private static final String KEY = "key#";
  static final String CONFIG = "config";
  static final String VERSION = "version";
  private static final String KEYS = "keys";
  private static final String NEXT_CODE = "next_code";
  private static final String HASH = "hash";
  private static final String CODE = "code";
  private static final Map<String, AttributeValue> NO_KEYS = Map.of();
  private static final Set<String> ATTRIBUTES =
      Set.of(Tables.HASH_KEY, Tables.RANGE_KEY, CONFIG, VERSION, KEYS, NEXT_CODE, Critical.NAME);

  /**
   * What a tenant's item says of a key.
   *
   * @param hash names the key's own item
   * @param code the key's number in the tenant
   */
  record KeyEntry(KeyHash hash, int code) {}

  TenantItem {
    keys = Map.copyOf(keys);
    stored = Map.copyOf(stored);
  }

  static Map<String, AttributeValue> keyOf(TenantId tenant) {
    return Map.of(Tables.HASH_KEY, s(TENANT + tenant), Tables.RANGE_KEY, s(CONFIG));
  }

  static Map<String, AttributeValue> keyOf(KeyHash hash) {
    return Map.of(Tables.HASH_KEY, s(KEY + hash.hex()), Tables.RANGE_KEY, s("key"));
  }

  /** The hash that a key's item is named by; empty if it is another item's name. */
  static Optional<KeyHash> hash(String name) {
    return name.startsWith(KEY)
        ? Optional.of(new KeyHash(name.substring(KEY.length())))
        : Optional.empty();
  }

  /** Reads an answer of the store: empty if there is no such item. */
  static Optional<TenantItem> read(Map<String, AttributeValue> item) {
    if (item.isEmpty()) {
      return Optional.empty();
    }
    var keys = new TreeMap<String, KeyEntry>();
    attribute(item, KEYS).m().forEach((name, entry) -> keys.put(name, entry(entry.m())));
    return Optional.of(
        new TenantItem(
            tenant(item),
            keys,
            Integer.parseInt(number(item, NEXT_CODE)),
            Long.parseLong(number(item, VERSION)),
            item));
  }

  /**
   * Only the configuration of an item.
   *
   * @throws dev.chatgate.StoreUnavailableException if it has a critical member that is not known
   */
  static Tenant tenant(Map<String, AttributeValue> item) {
    Critical.requireKnown(item, ATTRIBUTES, "a tenant");
    return StoredTenant.read(string(item, CONFIG));
  }

  private static KeyEntry entry(Map<String, AttributeValue> entry) {
    return new KeyEntry(new KeyHash(string(entry, HASH)), Integer.parseInt(number(entry, CODE)));
  }

  Map<String, AttributeValue> write() {
    var item = new HashMap<>(stored);
    item.putAll(keyOf(tenant.id()));
    var before = Optional.ofNullable(stored.get(CONFIG)).map(AttributeValue::s);
    item.put(CONFIG, s(StoredTenant.write(tenant, before)));
    item.put(KEYS, AttributeValue.fromM(writeKeys()));
    item.put(NEXT_CODE, n(nextCode));
    item.put(VERSION, n(version));
    return item;
  }

  private Map<String, AttributeValue> writeKeys() {
    var before = stored.containsKey(KEYS) ? attribute(stored, KEYS).m() : NO_KEYS;
    var entries = new HashMap<String, AttributeValue>();
    keys.forEach((name, key) -> {
      var entry = new HashMap<String, AttributeValue>();
      var same = before.get(name);
      if (same != null && entry(same.m()).equals(key)) {
        entry.putAll(same.m());
      }
      entry.put(HASH, s(key.hash().hex()));
      entry.put(CODE, n(key.code()));
      entries.put(name, AttributeValue.fromM(entry));
    });
    return entries;
  }

  static String string(Map<String, AttributeValue> item, String name) {
    return attribute(item, name).s();
  }

  static String number(Map<String, AttributeValue> item, String name) {
    return attribute(item, name).n();
  }

  private static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    var value = item.get(name);
    if (value == null) {
      throw new IllegalStateException("an item of the Tenants table has no " + name);
    }
    return value;
  }

  static AttributeValue s(String value) {
    return AttributeValue.fromS(value);
  }

  static AttributeValue n(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
