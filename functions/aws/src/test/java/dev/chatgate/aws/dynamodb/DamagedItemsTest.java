package dev.chatgate.aws.dynamodb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement.Progress;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords.Decision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What is stored and cannot be read: a named outcome, of which no message tells what is stored. */
class DamagedItemsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String BYTES = "KNOWNBYTES";

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  private final TestClock clock = new TestClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final Random random = new Random(1);
  private final DynamoQuotaTable table =
      new DynamoQuotaTable(local.client(), local.tables(), TIMEOUT);
  private final DynamoUsageRecords records =
      new DynamoUsageRecords(local.client(), local.tables(), TIMEOUT, Duration.ofDays(36_500));
  private final QuotaLedger ledger =
      new QuotaLedger(table, records, clock, random, clock, LedgerListener.NONE);

  @BeforeAll
  static void start() {
    local = LocalDynamoDb.start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private Reservation granted(TenantId tenant) {
    return assertInstanceOf(Admission.Granted.class, admit(tenant)).reservation();
  }

  private Admission admit(TenantId tenant) {
    var limits = Calls.limits().tokensPerMinute(10_000).quota();
    return ledger.admit(Calls.claim(random, tenant, limits, 100, clock.instant().plusSeconds(5)));
  }

  private static void setAttribute(TenantId tenant, String name, AttributeValue value) {
    local
        .client()
        .updateItem(request ->
            request
                .tableName(local.tables().quota())
                .key(Map.of(Tables.HASH_KEY, AttributeValue.fromS(QuotaKey.of(tenant).toString())))
                .updateExpression("SET #name = :value")
                .expressionAttributeNames(Map.of("#name", name))
                .expressionAttributeValues(Map.of(":value", value)));
  }

  private static AttributeValue binary(byte[] bytes) {
    return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
  }

  private static void put(String table, Map<String, AttributeValue> item) {
    local.client().putItem(request -> request.tableName(table).item(item));
  }

  private static void assertDamaged(Executable reading) {
    var damaged = assertThrows(StoreUnavailableException.class, reading);
    assertTrue(damaged.isPermanent());
    assertEquals("damaged item", damaged.reason());
    var trace = new StringWriter();
    damaged.printStackTrace(new PrintWriter(trace));
    assertFalse(trace.toString().contains(BYTES), trace.toString());
    assertFalse(trace.toString().contains("4B4E4F57"), trace.toString());
  }

  @Test
  void anEntryOfALaterReleaseIsSettledWithAllItsBytes() {
    var tenant = new TenantId("longer");
    var reservation = granted(tenant);
    var id = reservation.requestId().reservationId();
    var longer = Arrays.copyOf(reservation.entry().pack(), 49);
    Arrays.fill(longer, 28, 49, (byte) 0xE4);
    setAttribute(tenant, id, binary(longer));
    assertEquals(21, table.read(QuotaKey.of(tenant)).entry(id).orElseThrow().rest().length());
    granted(tenant);
    clock.set(reservation.deadline());
    var rows = new DynamoDayRows(local.client(), local.tables());
    var reconciler = new Reconciler(table, records, rows, clock, random, clock);
    // Other tests have items in the table, damaged ones among them.
    assertTrue(reconciler.run(clock.instant().plusSeconds(60)).orphaned() >= 2);
    assertEquals(0, table.read(QuotaKey.of(tenant)).number("n"));
  }

  @Test
  void aShortEntryClosesItsTenantAlone() {
    var tenant = new TenantId("shorter");
    var reservation = granted(tenant);
    setAttribute(tenant, "short-entry-", binary(BYTES.getBytes(StandardCharsets.UTF_8)));
    assertDamaged(() -> table.read(QuotaKey.of(tenant)));
    var unavailable = assertInstanceOf(Admission.Unavailable.class, admit(tenant));
    assertDamaged(() -> {
      throw unavailable.cause();
    });
    var giveUpAt = clock.instant().plusSeconds(60);
    assertEquals(
        Progress.RECORDED,
        ledger.settle(reservation, Calls.used(50), Calls.FACTS, giveUpAt).progress());
    granted(new TenantId("another"));
  }

  @Test
  void aKnownAttributeOfAnotherTypeIsDamage() {
    var tenant = new TenantId("typed");
    granted(tenant);
    setAttribute(tenant, "to", AttributeValue.fromM(Map.of(BYTES, AttributeValue.fromS(BYTES))));
    assertDamaged(() -> table.read(QuotaKey.of(tenant)));
    var number = new TenantId("number");
    granted(number);
    setAttribute(number, "to", AttributeValue.fromN("1.5"));
    assertDamaged(() -> table.read(QuotaKey.of(number)));
  }

  @Test
  void aDamagedTenantClosesItselfAlone() {
    var store = new TenantStore(local.client(), local.tables());
    for (var id : List.of("good", "bad")) {
      putKey(id, id);
      putTenant(id, "{\"id\":\"" + id + "\"}");
    }
    putTenant("bad", "{\"id\":\"bad\",\"" + BYTES + "\":" + BYTES + "}");
    put(
        local.tables().tenants(),
        Map.of(
            Tables.HASH_KEY, AttributeValue.fromS("key#" + BYTES),
            Tables.RANGE_KEY, AttributeValue.fromS("key")));
    assertDamaged(() -> store.find(KeyHash.of("bad")));
    assertTrue(store.find(KeyHash.of("good")).isPresent());
    assertEquals(List.of(KeyHash.of("good")), List.copyOf(store.some().keySet()));
  }

  private static void putTenant(String id, String config) {
    var item = new HashMap<>(TenantItem.keyOf(new TenantId(id)));
    item.put("config", AttributeValue.fromS(config));
    put(local.tables().tenants(), item);
  }

  private static void putKey(String secret, String tenant) {
    var item = new HashMap<>(TenantItem.keyOf(KeyHash.of(secret)));
    item.put("tenant", AttributeValue.fromS(tenant));
    item.put("name", AttributeValue.fromS("ci"));
    item.put("code", AttributeValue.fromN("0"));
    put(local.tables().tenants(), item);
  }

  @Test
  void aDamagedPriceIsNamed() {
    put(
        local.tables().tenants(),
        Map.of(
            Tables.HASH_KEY,
            AttributeValue.fromS("prices"),
            Tables.RANGE_KEY,
            AttributeValue.fromS("2026-01-01#m"),
            "model",
            AttributeValue.fromS("m"),
            "from",
            AttributeValue.fromS(BYTES),
            "tiers",
            AttributeValue.fromL(List.of())));
    assertDamaged(() -> new PriceStore(local.client(), local.tables()).prices());
  }

  @Test
  void aDamagedRecordIsNamed() {
    var tenant = new TenantId("recorded");
    var reservation = granted(tenant);
    var giveUpAt = clock.instant().plusSeconds(60);
    ledger.settle(reservation, Calls.used(50), Calls.FACTS, giveUpAt);
    var from = clock.instant().minusSeconds(60);
    records.forEach(tenant, from, giveUpAt, record -> damage(tenant, record));
    assertDamaged(() -> records.forEach(tenant, from, giveUpAt, _ -> {}));
    assertEquals(
        Progress.REJECTED_BY_STORE,
        ledger.settle(reservation, Calls.used(50), Calls.FACTS, giveUpAt).progress());
  }

  private static void damage(TenantId tenant, UsageRecord record) {
    var items =
        local.client().scan(scan -> scan.tableName(local.tables().usage())).items().stream()
            .filter(item -> AttributeValue.fromS(tenant.value()).equals(item.get(Tables.HASH_KEY)))
            .toList();
    assertEquals(1, items.size(), record.key().id());
    var item = new HashMap<>(items.getFirst());
    item.put("day", AttributeValue.fromS(BYTES));
    put(local.tables().usage(), item);
  }

  @Test
  void aRecordThatIsTooLargeIsRefusedForGood() {
    var reservation = granted(new TenantId("large"));
    var facts =
        new CallFacts(
            200,
            Optional.of("e".repeat(420_000)),
            true,
            0,
            "model",
            Optional.empty(),
            Duration.ofSeconds(1));
    var giveUpAt = clock.instant().plusSeconds(900);
    var before = clock.instant();
    assertEquals(
        Progress.REJECTED_BY_STORE,
        ledger.settle(reservation, Calls.used(50), facts, giveUpAt).progress());
    assertEquals(before, clock.instant());
  }

  @Test
  void aTableThatIsNotThereRefusesForGood() {
    var elsewhere =
        new DynamoUsageRecords(
            local.client(), new Tables("none", "none", "none"), TIMEOUT, Duration.ofDays(1));
    var reservation = granted(new TenantId("elsewhere"));
    var giveUpAt = clock.instant().plusSeconds(60);
    ledger.settle(reservation, Calls.used(50), Calls.FACTS, giveUpAt);
    records.forEach(
        new TenantId("elsewhere"),
        clock.instant().minusSeconds(60),
        giveUpAt,
        record ->
            assertTrue(
                assertInstanceOf(Decision.NotDone.class, elsewhere.decide(record)).isPermanent()));
  }
}
