package dev.chatgate.aws.tenant;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.StoreErrors;
import dev.chatgate.aws.Tables;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

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
 * A key is found by two reads, its item and its tenant's, both strongly consistent: what an
 * operator changed is seen by the next read.
 */
public final class TenantStore implements TenantDirectory {
  private static final String TENANT = "tenant#";
  private static final String CONFIG = "config";
  private static final String KEYS = "keys";
  private static final String VERSION = "version";
  private static final String NEXT_CODE = "next_code";
  private static final String EXPIRES_AT = "expires_at";

  private final DynamoDbClient dynamoDb;
  private final String table;

  /**
   * @param dynamoDb a client that repeats what is worth repeating
   * @param tables the deployment's tables
   */
  public TenantStore(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.table = tables.tenants();
  }

  @Override
  public Optional<Credential> find(KeyHash hash) {
    var key = read(keyOf(hash));
    if (key.isEmpty()) {
      return Optional.empty();
    }
    var tenantId = new TenantId(string(key, "tenant"));
    var item = read(keyOf(tenantId));
    return item.isEmpty() ? Optional.empty() : Optional.of(credential(key, item));
  }

  private static Credential credential(
      Map<String, AttributeValue> key, Map<String, AttributeValue> tenant) {
    return new Credential(
        TenantJson.readOne(string(tenant, CONFIG)).tenant(),
        string(key, "name"),
        Integer.parseInt(number(key, "code")),
        Optional.ofNullable(key.get(EXPIRES_AT)).map(at -> Instant.parse(at.s())));
  }

  /**
   * Every tenant's name: reads the whole table, for an operator.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  public List<TenantId> ids() {
    var scan =
        ScanRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .projectionExpression(Tables.HASH_KEY)
            .build();
    try {
      return dynamoDb.scanPaginator(scan).items().stream()
          .map(item -> string(item, Tables.HASH_KEY))
          .filter(key -> key.startsWith(TENANT))
          .map(key -> new TenantId(key.substring(TENANT.length())))
          .toList();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading the Tenants table", e);
    }
  }

  /**
   * Writes a whole tenant, in one transaction: it has afterwards exactly the keys of the
   * specification. A key that the tenant had already, by name and secret, keeps its code; no code
   * is ever given twice.
   *
   * @throws StoreUnavailableException if the store does not answer, if somebody else wrote the
   *     tenant at the same time, or if a key's secret is another tenant's
   */
  public void put(TenantSpec spec) {
    var before = read(keyOf(spec.tenant().id()));
    var writes = new TenantWrites(spec, before);
    try {
      dynamoDb.transactWriteItems(request -> request.transactItems(writes.items()));
    } catch (SdkException e) {
      throw new StoreUnavailableException("writing tenant " + spec.tenant().id(), e);
    }
  }

  private final class TenantWrites {
    private final TenantSpec spec;
    private final Map<String, AttributeValue> before;
    private final Map<String, AttributeValue> keys = new HashMap<>();
    private final List<TransactWriteItem> items = new ArrayList<>();
    private int nextCode;

    TenantWrites(TenantSpec spec, Map<String, AttributeValue> before) {
      this.spec = spec;
      this.before = before;
      this.nextCode = before.isEmpty() ? 0 : Integer.parseInt(number(before, NEXT_CODE));
    }

    List<TransactWriteItem> items() {
      spec.keys().forEach(this::putKey);
      deleteKeysNoLongerNamed();
      putTenant();
      return items;
    }

    private void putKey(TenantSpec.Key key) {
      var hash = KeyHash.of(key.secret());
      int code = codeBefore(key.name(), hash).orElseGet(() -> nextCode++);
      var entry = Map.of("hash", s(hash.hex()), "code", n(code));
      keys.put(key.name(), AttributeValue.fromM(entry));
      var item = new HashMap<>(keyOf(hash));
      item.put("tenant", s(spec.tenant().id().value()));
      item.put("name", s(key.name()));
      item.put("code", n(code));
      key.expiresAt().ifPresent(at -> item.put(EXPIRES_AT, s(at.toString())));
      items.add(
          put(
              Put.builder()
                  .item(item)
                  .conditionExpression("attribute_not_exists(pk) OR tenant = :tenant")
                  .expressionAttributeValues(Map.of(":tenant", s(spec.tenant().id().value())))));
    }

    private Optional<Integer> codeBefore(String name, KeyHash hash) {
      return Optional.ofNullable(keysBefore().get(name))
          .filter(entry -> string(entry.m(), "hash").equals(hash.hex()))
          .map(entry -> Integer.valueOf(number(entry.m(), "code")));
    }

    private Map<String, AttributeValue> keysBefore() {
      return before.isEmpty() ? Map.of() : attribute(before, KEYS).m();
    }

    private void deleteKeysNoLongerNamed() {
      Set<String> kept = new HashSet<>();
      keys.values().forEach(entry -> kept.add(string(entry.m(), "hash")));
      for (var entry : keysBefore().values()) {
        var hash = string(entry.m(), "hash");
        if (!kept.contains(hash)) {
          var key = keyOf(new KeyHash(hash));
          items.add(TransactWriteItem.builder().delete(d -> d.tableName(table).key(key)).build());
        }
      }
    }

    private void putTenant() {
      var item = new HashMap<>(keyOf(spec.tenant().id()));
      item.put(CONFIG, s(TenantJson.write(spec.tenant())));
      item.put(KEYS, AttributeValue.fromM(keys));
      item.put(NEXT_CODE, n(nextCode));
      long version = before.isEmpty() ? 0 : Long.parseLong(number(before, VERSION));
      item.put(VERSION, n(version + 1));
      var condition = Put.builder().item(item);
      // Against a writer between our read and this write: that one's keys would be lost.
      items.add(
          put(
              before.isEmpty()
                  ? condition.conditionExpression("attribute_not_exists(pk)")
                  : condition
                      .conditionExpression("#version = :before")
                      .expressionAttributeNames(Map.of("#version", VERSION))
                      .expressionAttributeValues(Map.of(":before", n(version)))));
    }

    private TransactWriteItem put(Put.Builder put) {
      return TransactWriteItem.builder().put(put.tableName(table).build()).build();
    }
  }

  private Map<String, AttributeValue> read(Map<String, AttributeValue> key) {
    try {
      return dynamoDb
          .getItem(request -> request.tableName(table).key(key).consistentRead(true))
          .item();
    } catch (SdkException e) {
      throw new StoreUnavailableException("reading the Tenants table", e);
    }
  }

  private static Map<String, AttributeValue> keyOf(TenantId tenant) {
    return Map.of(Tables.HASH_KEY, s(TENANT + tenant), Tables.RANGE_KEY, s(CONFIG));
  }

  private static Map<String, AttributeValue> keyOf(KeyHash hash) {
    return Map.of(Tables.HASH_KEY, s("key#" + hash.hex()), Tables.RANGE_KEY, s("key"));
  }

  private static String string(Map<String, AttributeValue> item, String name) {
    return attribute(item, name).s();
  }

  private static String number(Map<String, AttributeValue> item, String name) {
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

  private static AttributeValue n(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
