package dev.chatgate.aws.tenant;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A tenant's item in the Tenants table, as it is read: {@link TenantStore} says what is where.
 *
 * @param tenant the configuration
 * @param keys its keys by name
 * @param nextCode the code of the next key
 * @param version counts the writes, 1 and up
 * @param stored the attributes as they were read, empty for a new tenant: those that are not known
 *     are kept when the item is written again
 */
public record TenantItem(
    Tenant tenant,
    Map<String, KeyEntry> keys,
    int nextCode,
    long version,
    Map<String, AttributeValue> stored) {
  /** The partition key of a tenant's item, before its id. */
  public static final String TENANT = "tenant#";

  /** The configuration: a string that {@link StoredTenant} reads. */
  public static final String CONFIG = "config";

  /** How often the item was written: a number. */
  public static final String VERSION = "version";

  /** The keys: a map of names to maps of {@link #HASH} and {@link #CODE}. */
  public static final String KEYS = "keys";

  /** The code of the next key: a number. */
  public static final String NEXT_CODE = "next_code";

  /** When the tenant was created: RFC 3339; absent in items of a release before 0.2.0. */
  public static final String CREATED_AT = "created_at";

  /** A key's SHA-256 in {@link #KEYS}: a string. */
  public static final String HASH = "hash";

  /** A key's number in its tenant, in {@link #KEYS} and in the key's own item. */
  public static final String CODE = "code";

  /** From when on a key is unknown, in the key's own item: RFC 3339; absent means never. */
  public static final String EXPIRES_AT = "expires_at";

  private static final String KEY = "key#";
  private static final String KEY_SORT = "key";
  private static final Set<String> ATTRIBUTES =
      Set.of(
          Tables.HASH_KEY,
          Tables.RANGE_KEY,
          CONFIG,
          VERSION,
          KEYS,
          NEXT_CODE,
          CREATED_AT,
          Critical.NAME);

  /**
   * What a tenant's item says of a key.
   *
   * @param hash names the key's own item
   * @param code the key's number in the tenant
   */
  public record KeyEntry(KeyHash hash, int code) {}

  /** Copies the maps. */
  public TenantItem {
    keys = Map.copyOf(keys);
    stored = Map.copyOf(stored);
  }

  /** The primary key of a tenant's item. */
  public static Map<String, AttributeValue> keyOf(TenantId tenant) {
    return Map.of(Tables.HASH_KEY, s(TENANT + tenant), Tables.RANGE_KEY, s(CONFIG));
  }

  /** The primary key of a key's item. */
  public static Map<String, AttributeValue> keyOf(KeyHash hash) {
    return Map.of(Tables.HASH_KEY, s(KEY + hash.hex()), Tables.RANGE_KEY, s(KEY_SORT));
  }

  /** Whether an item of the table is a tenant's or a key's, not one of a sort yet to come. */
  static boolean isTenantOrKey(Map<String, AttributeValue> item) {
    var sort = string(item, Tables.RANGE_KEY);
    return sort.equals(CONFIG) || sort.equals(KEY_SORT);
  }

  /** The hash that a key's item is named by; empty if it is another item's name. */
  static Optional<KeyHash> hash(String name) {
    return name.startsWith(KEY)
        ? Optional.of(new KeyHash(name.substring(KEY.length())))
        : Optional.empty();
  }

  /**
   * Reads an answer of the store: empty if there is no such item.
   *
   * @throws dev.chatgate.StoreUnavailableException if it has a critical member that is not known
   */
  public static Optional<TenantItem> read(Map<String, AttributeValue> item) {
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
  public static Tenant tenant(Map<String, AttributeValue> item) {
    Critical.requireKnown(item, ATTRIBUTES::contains, "a tenant");
    return StoredTenant.read(string(item, CONFIG));
  }

  /** When the tenant of an item was created; empty if the item does not say it. */
  public static Optional<Instant> createdAt(Map<String, AttributeValue> item) {
    return Optional.ofNullable(item.get(CREATED_AT)).map(at -> Instant.parse(at.s()));
  }

  /** The hash of a tenant's key by the key's number; empty if the tenant has no such key. */
  static Optional<KeyHash> hash(Map<String, AttributeValue> item, int code) {
    return attribute(item, KEYS).m().values().stream()
        .map(entry -> entry(entry.m()))
        .filter(entry -> entry.code() == code)
        .map(KeyEntry::hash)
        .findFirst();
  }

  /** Reads one of {@link #KEYS}. */
  public static KeyEntry entry(Map<String, AttributeValue> entry) {
    return new KeyEntry(new KeyHash(string(entry, HASH)), Integer.parseInt(number(entry, CODE)));
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

  private static AttributeValue s(String value) {
    return AttributeValue.fromS(value);
  }
}
