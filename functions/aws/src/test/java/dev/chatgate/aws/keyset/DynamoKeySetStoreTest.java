package dev.chatgate.aws.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.keyset.KeySetStoreContract;
import dev.chatgate.keyset.StoredKeySet;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoKeySetStoreTest extends KeySetStoreContract {
  private static final Instant NOW = Instant.parse("2026-11-30T08:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(30);
  private static final String KEYS = "{\"keys\":[]}";

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  private final DynamoKeySetStore store = new DynamoKeySetStore(local.client(), local.tables());

  DynamoKeySetStoreTest() {
    super(new DynamoKeySetStore(local.client(), local.tables()));
  }

  @BeforeAll
  static void start() {
    local = LocalDynamoDb.start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static Map<String, AttributeValue> item(String source) {
    return local
        .client()
        .getItem(request ->
            request
                .tableName(local.tables().quota())
                .key(KeySetItem.keyOf(source))
                .consistentRead(true))
        .item();
  }

  private static void put(Map<String, AttributeValue> item) {
    local.client().putItem(request -> request.tableName(local.tables().quota()).item(item));
  }

  /** Puts an item with more attributes than this release writes. */
  private static void putWith(String source, Map<String, AttributeValue> more) {
    var item = new HashMap<>(KeySetItem.keyOf(source));
    item.putAll(more);
    put(item);
  }

  @Test
  void theStoredFormIsTheDocumentedOne() {
    var source = "https://form.example";
    assertTrue(store.reserveFetch(source, NOW, LATER, LATER));
    store.put(source, LATER, KEYS, NOW, LATER);
    assertEquals(
        Map.of(
            "pk",
            AttributeValue.fromS(
                "keyset#97b4e9f9bbafec11e659a90353209df61e9d00e69375fcf44f715d2d10c9bfc7"),
            "source",
            AttributeValue.fromS(source),
            "keys",
            AttributeValue.fromS(KEYS),
            "fetched_at",
            AttributeValue.fromN("1796025600000"),
            "no_fetch_before",
            AttributeValue.fromN("1796025630000")),
        item(source));
  }

  @Test
  void anOlderFormWithoutAReservationIsRead() {
    var source = "https://older.example";
    putWith(
        source,
        Map.of("keys", AttributeValue.fromS(KEYS), "fetched_at", AttributeValue.fromN("1000")));
    assertEquals(
        new StoredKeySet(
            Optional.of(KEYS),
            Optional.of(Instant.ofEpochSecond(1)),
            Optional.empty(),
            Instant.EPOCH),
        store.read(source));
    assertTrue(store.reserveFetch(source, NOW, LATER, LATER));
  }

  @Test
  void unknownAttributesOfALaterReleaseAreIgnoredAndKept() {
    var source = "https://later.example";
    var later = AttributeValue.fromM(Map.of("a", AttributeValue.fromN("1")));
    putWith(source, Map.of("etag", later, "form", AttributeValue.fromN("2")));
    assertTrue(store.reserveFetch(source, NOW, LATER, LATER));
    assertEquals(Optional.of(LATER), store.read(source).fetchingUntil());
    store.failed(source, LATER, NOW);
    assertTrue(store.reserveFetch(source, NOW, LATER, LATER));
    store.put(source, LATER, KEYS, NOW, LATER);
    assertEquals(Optional.of(KEYS), store.read(source).keys());
    assertEquals(later, item(source).get("etag"));
    assertEquals(AttributeValue.fromN("2"), item(source).get("form"));
  }

  @Test
  void anUnknownCriticalAttributeRefusesTheItemAndChangesNothing() {
    var source = "https://critical.example";
    putWith(source, Map.of("critical", AttributeValue.fromSs(List.of("keys", "sealed"))));
    var before = item(source);
    assertPermanent(() -> store.read(source));
    assertPermanent(() -> store.reserveFetch(source, NOW, LATER, LATER));
    assertPermanent(() -> store.put(source, LATER, KEYS, NOW, LATER));
    assertPermanent(() -> store.failed(source, NOW, LATER));
    assertEquals(before, item(source));
  }

  private static void assertPermanent(Runnable access) {
    assertTrue(assertThrows(StoreUnavailableException.class, access::run).isPermanent());
  }

  @Test
  void aKnownCriticalAttributeIsReadAndKept() {
    var source = "https://known.example";
    var critical = AttributeValue.fromL(List.of(AttributeValue.fromS("no_fetch_before")));
    putWith(source, Map.of("critical", critical));
    assertTrue(store.reserveFetch(source, NOW, LATER, LATER));
    assertFalse(store.reserveFetch(source, NOW, LATER, LATER));
    store.put(source, LATER, KEYS, NOW, LATER);
    assertEquals(Optional.of(KEYS), store.read(source).keys());
    assertEquals(critical, item(source).get("critical"));
  }

  @Test
  void anAttributeOfAnotherTypeIsADamagedItem() {
    var source = "https://damaged.example";
    for (var damaged :
        List.of(
            Map.of("no_fetch_before", AttributeValue.fromS("SECRET")),
            Map.of("fetched_at", AttributeValue.fromN("1.5")))) {
      putWith(source, damaged);
      var failure = assertThrows(StoreUnavailableException.class, () -> store.read(source));
      assertEquals("damaged item", failure.reason());
    }
  }

  @Test
  void theStoreBeingAwayIsNamed() {
    var none = new DynamoKeySetStore(local.client(), new Tables("none", "none", "none"));
    assertThrows(StoreUnavailableException.class, () -> none.read("s"));
    assertThrows(StoreUnavailableException.class, () -> none.reserveFetch("s", NOW, LATER, LATER));
    assertThrows(StoreUnavailableException.class, () -> none.put("s", LATER, KEYS, NOW, LATER));
    assertThrows(StoreUnavailableException.class, () -> none.failed("s", NOW, LATER));
  }

  /** The operator's audit reads the whole table, the reconciler the index. */
  @Test
  void readersOfQuotaItemsSkipKeySets() {
    var quota = new DynamoQuotaTable(local.client(), local.tables(), Duration.ofSeconds(30));
    var tenant = QuotaKey.of(new TenantId("keyset"));
    put(
        Map.of(
            Tables.HASH_KEY,
            AttributeValue.fromS(tenant.toString()),
            Tables.DUE_HASH_KEY,
            AttributeValue.fromS(ItemNames.DUE),
            Tables.DUE_RANGE_KEY,
            AttributeValue.fromN("1")));
    for (int i = 0; i < 100; i++) {
      assertTrue(store.reserveFetch("https://issuer.example/of/" + i, NOW, LATER, LATER));
    }
    assertEquals(List.of(tenant), quota.all());
    assertEquals(List.of(tenant), quota.due());
  }
}
