package dev.chatgate.aws.tenant;

import dev.chatgate.aws.Tables;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A tenant's item in the Tenants table: {@link TenantStore} says what is where.
 *
 * @param tenant the configuration
 * @param keys its keys by name
 * @param nextCode the code of the next key
 * @param version 1 and up
 */
record TenantItem(Tenant tenant, Map<String, KeyEntry> keys, int nextCode, long version) {
  static final String TENANT = "tenant#";
  private static final String KEY = "key#";
  static final String CONFIG = "config";
  static final String VERSION = "version";
  private static final String KEYS = "keys";
  private static final String NEXT_CODE = "next_code";
  private static final String HASH = "hash";
  private static final String CODE = "code";

  /**
   * What a tenant's item says of a key.
   *
   * @param hash names the key's own item
   * @param code the key's number in the tenant
   */
  record KeyEntry(KeyHash hash, int code) {}

  TenantItem {
    keys = Map.copyOf(keys);
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
            Long.parseLong(number(item, VERSION))));
  }

  /** Only the configuration of an item. */
  static Tenant tenant(Map<String, AttributeValue> item) {
    return TenantJson.readOne(string(item, CONFIG)).tenant();
  }

  private static KeyEntry entry(Map<String, AttributeValue> entry) {
    return new KeyEntry(new KeyHash(string(entry, HASH)), Integer.parseInt(number(entry, CODE)));
  }

  Map<String, AttributeValue> write() {
    var entries = new HashMap<String, AttributeValue>();
    keys.forEach((name, key) ->
        entries.put(
            name, AttributeValue.fromM(Map.of(HASH, s(key.hash().hex()), CODE, n(key.code())))));
    var item = new HashMap<>(keyOf(tenant.id()));
    item.put(CONFIG, s(TenantJson.write(tenant)));
    item.put(KEYS, AttributeValue.fromM(entries));
    item.put(NEXT_CODE, n(nextCode));
    item.put(VERSION, n(version));
    return item;
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
