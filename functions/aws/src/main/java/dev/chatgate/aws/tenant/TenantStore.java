package dev.chatgate.aws.tenant;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads tenants and their keys from the Tenants table. Three sorts of item:
 *
 * <ul>
 *   <li>{@code pk = tenant#ID, sk = config}: {@code config}, the tenant as {@link StoredTenant}
 *       reads it; {@code keys}, a map of key names to {@code {hash, code}}; {@code next_code}, the
 *       next key code; {@code version}, counted up by every write; {@code created_at} (RFC 3339);
 *   <li>{@code pk = key#SHA-256, sk = key}: {@code tenant}, {@code name}, {@code code}, and {@code
 *       expires_at} (RFC 3339) if it expires, {@code scopes} if they are not the usual ones;
 *   <li>{@code pk = index, sk = index}: the one {@link IndexItem}.
 * </ul>
 *
 * Attributes that are not known are ignored, and kept when an item is written again ({@link
 * Critical}).
 *
 * <p>A key is found by two reads, its item and its tenant's, in either order, both strongly
 * consistent: what an operator changed is seen by the next read.
 */
public final class TenantStore implements TenantDirectory {
  /** Some ten milliseconds to read, and all that there is in a table of some fifty keys. */
  private static final int SOME_ITEMS = 100;

  private static final String READING = "reading the Tenants table";

  private final DynamoDbClient dynamoDb;
  private final Tables tables;

  /**
   * @param dynamoDb a client that repeats what is worth repeating
   * @param tables the deployment's tables
   */
  public TenantStore(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.tables = tables;
  }

  @Override
  public Optional<Credential> find(KeyHash hash) {
    var key = read(TenantItem.keyOf(hash));
    if (key.isEmpty()) {
      return Optional.empty();
    }
    var found = StoreErrors.read(READING, () -> KeyItem.read(key));
    var item = read(TenantItem.keyOf(found.tenant()));
    return item.isEmpty()
        ? Optional.empty()
        : Optional.of(StoreErrors.read(READING, () -> credential(found, item)));
  }

  @Override
  public Optional<Credential> find(TenantId tenant, int keyCode) {
    var item = read(TenantItem.keyOf(tenant));
    if (item.isEmpty()) {
      return Optional.empty();
    }
    var hash = StoreErrors.read(READING, () -> TenantItem.hash(item, keyCode));
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    var key = read(TenantItem.keyOf(hash.get()));
    return key.isEmpty()
        ? Optional.empty()
        : Optional.of(StoreErrors.read(READING, () -> credential(KeyItem.read(key), item)));
  }

  @Override
  public Optional<Tenant> find(TenantId tenant) {
    var item = read(TenantItem.keyOf(tenant));
    return item.isEmpty()
        ? Optional.empty()
        : Optional.of(StoreErrors.read(READING, () -> TenantItem.tenant(item)));
  }

  @Override
  public TenantIndex index() {
    var item = read(IndexItem.KEY);
    return StoreErrors.read(READING, () -> IndexItem.read(item));
  }

  /** Of the table's first 100 items, the keys whose tenants are among them. */
  @Override
  public Map<KeyHash, Credential> some() {
    var items = new HashMap<String, Map<String, AttributeValue>>();
    for (var item : firstItems()) {
      if (TenantItem.isTenantOrKey(item)) {
        items.put(TenantItem.string(item, Tables.HASH_KEY), item);
      }
    }
    var some = new HashMap<KeyHash, Credential>();
    items.forEach((name, item) ->
        hash(name).ifPresent(hash -> among(items, item).ifPresent(found -> some.put(hash, found))));
    return some;
  }

  private static Optional<KeyHash> hash(String name) {
    return unlessDamaged(() -> TenantItem.hash(name));
  }

  /** Empty without the tenant. */
  private static Optional<Credential> among(
      Map<String, Map<String, AttributeValue>> items, Map<String, AttributeValue> item) {
    return unlessDamaged(() -> {
      var key = KeyItem.read(item);
      var tenant = items.get(TenantItem.TENANT + key.tenant());
      return tenant == null ? Optional.empty() : Optional.of(credential(key, tenant));
    });
  }

  /** Empty for a damaged item: a call that needs it fails, no other does. */
  private static <T> Optional<T> unlessDamaged(Supplier<Optional<T>> reading) {
    try {
      return StoreErrors.read(READING, reading);
    } catch (StoreUnavailableException e) {
      return Optional.empty();
    }
  }

  private List<Map<String, AttributeValue>> firstItems() {
    try {
      return dynamoDb
          .scan(scan -> scan.tableName(tables.tenants()).limit(SOME_ITEMS).consistentRead(true))
          .items();
    } catch (SdkException e) {
      throw StoreErrors.unavailable(READING, e);
    }
  }

  private static Credential credential(KeyItem key, Map<String, AttributeValue> tenant) {
    return new Credential(
        TenantItem.tenant(tenant),
        TenantItem.createdAt(tenant),
        key.name(),
        key.code(),
        key.expiresAt(),
        key.scopes());
  }

  private Map<String, AttributeValue> read(Map<String, AttributeValue> key) {
    try {
      return dynamoDb
          .getItem(request -> request.tableName(tables.tenants()).key(key).consistentRead(true))
          .item();
    } catch (SdkException e) {
      throw StoreErrors.unavailable(READING, e);
    }
  }
}
