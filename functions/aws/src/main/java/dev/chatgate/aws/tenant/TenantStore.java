package dev.chatgate.aws.tenant;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Tenants and their keys in the Tenants table. Two sorts of item:
 *
 * <ul>
 *   <li>{@code pk = tenant#ID, sk = config}: {@code config}, the tenant as {@link TenantJson}
 *       writes it; {@code keys}, a map of key names to {@code {hash, code}}; {@code next_code}, the
 *       next key code; {@code version}, counted up by every write;
 *   <li>{@code pk = key#SHA-256, sk = key}: {@code tenant}, {@code name}, {@code code}, and {@code
 *       expires_at} (RFC 3339) if it expires.
 * </ul>
 *
 * Attributes that are not known are ignored, and kept when an item is written again ({@link
 * Critical}).
 *
 * <p>A key is found by two reads, its item and its tenant's, both strongly consistent: what an
 * operator changed is seen by the next read.
 */
public final class TenantStore implements TenantDirectory {
  /** Some ten milliseconds to read, and all that there is in a table of some fifty keys. */
  private static final int SOME_ITEMS = 100;

  private static final Set<String> KEY_ATTRIBUTES =
      Set.of(
          Tables.HASH_KEY,
          Tables.RANGE_KEY,
          "tenant",
          "name",
          "code",
          TenantChange.EXPIRES_AT,
          Critical.NAME);

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
    var tenantId = StoreErrors.read(READING, () -> new TenantId(TenantItem.string(key, "tenant")));
    var item = read(TenantItem.keyOf(tenantId));
    return item.isEmpty()
        ? Optional.empty()
        : Optional.of(StoreErrors.read(READING, () -> credential(key, item)));
  }

  /** Of the table's first 100 items, the keys whose tenants are among them. */
  @Override
  public Map<KeyHash, Credential> some() {
    var items = new HashMap<String, Map<String, AttributeValue>>();
    for (var item : firstItems()) {
      items.put(TenantItem.string(item, Tables.HASH_KEY), item);
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
      Map<String, Map<String, AttributeValue>> items, Map<String, AttributeValue> key) {
    return unlessDamaged(() -> {
      var tenant = items.get(TenantItem.TENANT + TenantItem.string(key, "tenant"));
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

  private static Credential credential(
      Map<String, AttributeValue> key, Map<String, AttributeValue> tenant) {
    Critical.requireKnown(key, KEY_ATTRIBUTES, "a key");
    return new Credential(
        TenantItem.tenant(tenant),
        TenantItem.string(key, "name"),
        Integer.parseInt(TenantItem.number(key, "code")),
        Optional.ofNullable(key.get(TenantChange.EXPIRES_AT)).map(at -> Instant.parse(at.s())));
  }

  /**
   * Every tenant's name: reads the whole table, for an operator.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  public List<TenantId> ids() {
    var scan =
        ScanRequest.builder()
            .tableName(tables.tenants())
            .consistentRead(true)
            .projectionExpression(Tables.HASH_KEY)
            .build();
    try {
      return dynamoDb.scanPaginator(scan).items().stream()
          .map(item -> TenantItem.string(item, Tables.HASH_KEY))
          .filter(key -> key.startsWith(TenantItem.TENANT))
          .map(key -> new TenantId(key.substring(TenantItem.TENANT.length())))
          .toList();
    } catch (SdkException e) {
      throw StoreErrors.unavailable(READING, e);
    }
  }

  /**
   * Writes a whole tenant: it has afterwards exactly the keys of the specification. A key that the
   * tenant had already, by name and secret, keeps its code; no code is ever given twice. One
   * transaction, or, with more keys than that takes, several.
   *
   * @throws StoreUnavailableException if the store does not answer, or if another writer wrote the
   *     tenant at the same time
   * @throws IllegalArgumentException if a key's secret is another tenant's, or the tenant is too
   *     large to be stored; the message is a sentence
   */
  public void put(TenantSpec spec) {
    var id = spec.tenant().id();
    var whole = new WholeTenant(tables, spec.tenant(), Optional.of(spec.keys()));
    var before = item(id);
    write(id, whole.first(before));
    whole.others(before).forEach(step -> item(id).ifPresent(now -> write(id, step.apply(now))));
  }

  private Optional<TenantItem> item(TenantId id) {
    return TenantItem.read(read(TenantItem.keyOf(id)));
  }

  private void write(TenantId id, List<TransactWriteItem> writes) {
    try {
      dynamoDb.transactWriteItems(request -> request.transactItems(writes));
    } catch (TransactionCanceledException e) {
      if (isOfAnother(e)) {
        throw secretOfAnother(id);
      }
      throw StoreErrors.unavailable("writing tenant " + id, e);
    } catch (SdkException e) {
      throw StoreErrors.unavailable("writing tenant " + id, e);
    }
  }

  /** The first write of each transaction is the tenant's own item, the others are of keys. */
  static boolean isOfAnother(TransactionCanceledException failure) {
    return failure.cancellationReasons().stream()
        .skip(1)
        .anyMatch(reason -> TenantEditor.RACED.equals(reason.code()));
  }

  static IllegalArgumentException secretOfAnother(TenantId id) {
    return new IllegalArgumentException(
        "A secret of tenant " + id + " is the key of another tenant already.");
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
