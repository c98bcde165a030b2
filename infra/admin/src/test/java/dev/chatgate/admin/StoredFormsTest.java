package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.dynamodb.TableRequests;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Settlement;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.audit.Audit;
import dev.chatgate.quota.audit.AuditDifference;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Kind;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Every form in the tables: what release 0.1.0 stored is read and written again without loss, and
 * what a later release may add is ignored and kept, unless it is critical.
 */
class StoredFormsTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final LocalDate FIRST_DAY = LocalDate.parse("2026-11-01");

  /** What a later release might add to any item. */
  private static final Map<String, AttributeValue> LATER =
      Map.of(
          "form",
          AttributeValue.fromN("2"),
          "later_map",
          AttributeValue.fromM(
              Map.of("deep", AttributeValue.fromL(List.of(AttributeValue.fromNul(true))))),
          "later_num",
          AttributeValue.fromN("1.5"),
          "later_set",
          AttributeValue.fromSs(List.of("a", "b")),
          "later_bin",
          AttributeValue.fromB(SdkBytes.fromUtf8String("short")));

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb dynamo;

  private final StoredItems items = StoredItems.of010();
  private final TestClock clock = new TestClock(items.now());
  private final Random random = new Random(1);
  private final DynamoQuotaTable quota = table(dynamo.tables());
  private final DynamoUsageRecords records = records(dynamo.tables());
  private final DynamoDayRows rows = new DynamoDayRows(dynamo.client(), dynamo.tables());
  private final TenantStore tenants = new TenantStore(dynamo.client(), dynamo.tables());
  private final TenantEditor editor =
      new TenantEditor(dynamo.client(), dynamo.tables(), random, clock);
  private final PriceStore prices = new PriceStore(dynamo.client(), dynamo.tables());
  private final QuotaLedger ledger =
      new QuotaLedger(quota, records, clock, random, clock, LedgerListener.NONE);

  @BeforeAll
  static void start() {
    dynamo = LocalDynamoDb.start(StoredItems.TABLES);
  }

  @AfterAll
  static void stop() {
    dynamo.close();
  }

  @BeforeEach
  void fill() {
    items.into(dynamo);
  }

  private static DynamoQuotaTable table(Tables tables) {
    return new DynamoQuotaTable(dynamo.client(), tables, TIMEOUT);
  }

  private static DynamoUsageRecords records(Tables tables) {
    return new DynamoUsageRecords(dynamo.client(), tables, TIMEOUT, DynamoUsageRecords.KEPT_FOR);
  }

  private static final Form TENANT =
      new Form(
          "tenant",
          StoredItems.TABLES.tenants(),
          "tenant#acme",
          "keys",
          test -> test.editor.find(ACME),
          test -> test.editor.edit(ACME, tenant -> tenant));

  private static final Form KEY =
      new Form(
          "key",
          StoredItems.TABLES.tenants(),
          "key#" + KeyHash.of("two").hex(),
          "expires_at",
          test -> test.tenants.find(KeyHash.of("two")),
          test ->
              test.editor.replace(
                  TenantJson.readEdit(
                      "{\"keys\":[{\"name\":\"web\",\"secret\":\"two\","
                          + "\"expires_at\":\"2027-01-01T00:00:00Z\"}]}",
                      ACME)));

  private static final Form PRICE =
      new Form(
          "price",
          StoredItems.TABLES.tenants(),
          "prices",
          "tiers",
          test -> test.prices.prices(),
          test ->
              new PriceEditor(dynamo.client(), dynamo.tables())
                  .put(test.prices.prices().getFirst()));

  private static final Form RECORD =
      new Form(
          "record",
          StoredItems.TABLES.usage(),
          "call#",
          "bucket_ns",
          StoredFormsTest::allRecords,
          test -> test.allRecords().forEach(test.records::decide));

  private static final Form DAY_ROW =
      new Form(
          "day row",
          StoredItems.TABLES.usage(),
          "day#",
          "part",
          StoredFormsTest::allRows,
          test -> test.allRows().forEach(test.rows::putIfAbsent));

  private static final Form QUOTA_ITEM =
      new Form(
          "quota item",
          StoredItems.TABLES.quota(),
          "acme#0",
          "tv",
          test -> test.quota.read(QuotaKey.of(ACME)),
          test -> assertInstanceOf(Admission.Granted.class, test.admit()));

  private static List<Form> forms() {
    return List.of(TENANT, KEY, PRICE, RECORD, DAY_ROW, QUOTA_ITEM);
  }

  /**
   * A form.
   *
   * @param title names it in the test's report
   * @param table the table of its items
   * @param name the begin of one of the two keys of the item to test with
   * @param known an attribute that this release knows
   * @param read reads the item
   * @param rewrite writes it again, or writes to it
   */
  record Form(
      String title,
      String table,
      String name,
      String known,
      Function<StoredFormsTest, Object> read,
      Consumer<StoredFormsTest> rewrite) {
    @Override
    public String toString() {
      return title;
    }

    Map<String, AttributeValue> item() {
      return dynamo.client().scan(scan -> scan.tableName(table)).items().stream()
          .filter(item -> StoredItems.key(item).values().stream().anyMatch(this::isOf))
          .findFirst()
          .orElseThrow();
    }

    private boolean isOf(AttributeValue part) {
      return part.s().startsWith(name);
    }

    void add(Map<String, AttributeValue> attributes) {
      var item = new HashMap<>(item());
      item.putAll(attributes);
      dynamo.client().putItem(put -> put.tableName(table).item(item));
    }
  }

  private Admission admit() {
    var limits = Calls.limits().tokensPerMinute(100_000).quota();
    return ledger.admit(Calls.claim(random, ACME, limits, 100, clock.instant().plusSeconds(5)));
  }

  private List<UsageRecord> allRecords() {
    return allRecords(records);
  }

  private List<UsageRecord> allRecords(DynamoUsageRecords from) {
    var all = new ArrayList<UsageRecord>();
    from.forEach(
        ACME,
        items.now().minus(Duration.ofDays(10)),
        items.now().plus(Duration.ofDays(10)),
        all::add);
    return all;
  }

  private List<DayRow> allRows() {
    var all = new ArrayList<DayRow>();
    rows.forEach(ACME, FIRST_DAY, FIRST_DAY.plusYears(1), all::add);
    return all;
  }

  private List<AuditDifference> audit() {
    return new Audit(
            quota, records, rows, clock, clock, DynamoUsageRecords.KEPT_FOR, Duration.ofMinutes(10))
        .differences(ACME);
  }

  private static AttributeValue names(String... names) {
    return AttributeValue.fromL(List.of(names).stream().map(AttributeValue::fromS).toList());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whatIsNotKnownIsIgnoredAndKept(Form form) {
    var before = form.read.apply(this);
    form.add(LATER);
    assertEquals(before, form.read.apply(this));

    form.rewrite.accept(this);

    var after = form.item();
    LATER.forEach((name, value) -> assertEquals(value, after.get(name), name));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aCriticalNameThatIsNotKnownRefusesTheItem(Form form) {
    form.add(LATER);
    for (var critical :
        List.of(
            names("later_map"),
            names("form"),
            names(form.known, "later_num"),
            AttributeValue.fromSs(List.of("later_num")),
            AttributeValue.fromS("later_num"))) {
      form.add(Map.of("critical", critical));
      var refused =
          assertThrows(StoreUnavailableException.class, () -> form.read.apply(this), form.title());
      assertTrue(
          String.valueOf(refused.getMessage()).endsWith(" that a later release wrote"),
          refused.getMessage());
      assertTrue(refused.isPermanent());
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aCriticalNameThatIsKnownChangesNothing(Form form) {
    var before = form.read.apply(this);
    for (var critical :
        List.of(names(), names(form.known), AttributeValue.fromSs(List.of(form.known)))) {
      form.add(Map.of("critical", critical));
      assertEquals(before, form.read.apply(this));
    }
  }

  /** Records and rows are never written twice: they go to other tables, by the same writers. */
  @Test
  void whatRelease010StoredIsWrittenAgainWithoutLoss() {
    assertEquals(EnumSet.complementOf(EnumSet.of(Kind.UNKNOWN)), kinds());
    var elsewhere = new Tables("tenants", "quota", "usage2");
    TableRequests.create(elsewhere).stream()
        .filter(table -> table.tableName().equals(elsewhere.usage()))
        .forEach(dynamo.client()::createTable);
    allRecords().forEach(records(elsewhere)::decide);
    allRows().forEach(new DynamoDayRows(dynamo.client(), elsewhere)::putIfAbsent);
    assertEquals(scan(dynamo.tables().usage()), scan(elsewhere.usage()));

    TENANT.rewrite.accept(this);
    KEY.rewrite.accept(this);
    PRICE.rewrite.accept(this);
    var stored = new HashSet<>(items.byTable().get(dynamo.tables().tenants()));
    var rewritten = scan(dynamo.tables().tenants());
    assertTrue(rewritten.containsAll(List.of(stored(stored, "key#3"), stored(stored, "prices"))));
    assertEquals(Set.of("web"), Objects.requireNonNull(TENANT.item().get("keys")).m().keySet());
  }

  private static Map<String, AttributeValue> stored(
      Set<Map<String, AttributeValue>> items, String name) {
    return items.stream()
        .filter(item -> Objects.requireNonNull(item.get("pk")).s().startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  private Set<Kind> kinds() {
    var kinds = new TreeSet<Kind>();
    allRecords().forEach(record -> kinds.add(record.kind()));
    return kinds;
  }

  private static Set<Map<String, AttributeValue>> scan(String table) {
    return Set.copyOf(dynamo.client().scan(scan -> scan.tableName(table)).items());
  }

  @Test
  void theLedgerGoesOnWhereRelease010Stopped() {
    assertEquals(List.of(), audit());
    clock.advance(Duration.ofDays(1));
    assertInstanceOf(Admission.Granted.class, admit());
    clock.advance(Duration.ofMinutes(5));
    var run =
        new Reconciler(quota, records, rows, clock, random, clock)
            .run(clock.instant().plusSeconds(60));
    assertEquals(2, run.orphaned());
    assertEquals(1, run.closedDays());
    assertEquals(List.of(), audit());
  }

  @Test
  void aQuotaItemWithACriticalAttributeIsWrittenOnlyIfThatIsKnown() {
    var granted = assertInstanceOf(Admission.Granted.class, admit());
    QUOTA_ITEM.add(Map.of("later_map", names(), "critical", names("later_map")));
    var before = QUOTA_ITEM.item();
    int recordsBefore = allRecords().size();

    assertInstanceOf(Admission.Unavailable.class, admit());
    assertEquals(before, QUOTA_ITEM.item());
    assertEquals(recordsBefore, allRecords().size());

    var settlement =
        ledger.settle(
            granted.reservation(), Calls.used(50), Calls.FACTS, clock.instant().plusSeconds(5));
    assertEquals(Settlement.Progress.RECORDED, settlement.progress());
    assertEquals(before, QUOTA_ITEM.item());
    assertEquals(recordsBefore + 1, allRecords().size());

    QUOTA_ITEM.add(Map.of("critical", names("n", "th")));
    assertInstanceOf(Admission.Granted.class, admit());
    clock.advance(Duration.ofMinutes(5));
    new Reconciler(quota, records, rows, clock, random, clock).run(clock.instant().plusSeconds(60));
    assertEquals(List.of(), audit());
  }

  @Test
  void whatALaterReleaseAddsToAnEndUsersItemIsIgnoredAndKept() {
    var key = QuotaKey.of(ACME, new EndUser("ann"));
    put(dynamo.tables().quota(), Map.of("pk", key.toString()), LATER);
    var now = clock.instant();
    for (var write :
        List.of(
            EndUserWrite.block(now),
            EndUserWrite.tier(Optional.of("pro"), now),
            EndUserWrite.forget(now),
            EndUserWrite.unblock(now),
            EndUserWrite.tier(Optional.empty(), now))) {
      assertTrue(EndUserWrite.write(quota, key, write).isPresent());
    }
    var claim =
        Calls.claim(random, ACME, Calls.limits().quota(), 100, clock.instant().plusSeconds(5));
    var tier = Calls.tier(Calls.limits().tokensPerDay(500).quota());
    assertInstanceOf(
        Admission.Granted.class, ledger.admit(Calls.of(claim, new EndUser("ann"), tier)));
    var after = itemOf(key);
    LATER.forEach((name, value) -> assertEquals(value, after.get(name), name));
    assertEquals(
        Set.of("forgot", "ttl"),
        Set.of("forgot", "ttl", "bl", "pt").stream()
            .filter(after::containsKey)
            .collect(Collectors.toSet()));

    var critical = new HashMap<>(after);
    critical.put("critical", names("later_num"));
    dynamo.client().putItem(put -> put.tableName(dynamo.tables().quota()).item(critical));
    assertThrows(
        StoreUnavailableException.class,
        () -> EndUserWrite.write(quota, key, EndUserWrite.block(now)));
    assertEquals(critical, itemOf(key));
  }

  private static Map<String, AttributeValue> itemOf(QuotaKey key) {
    var name = AttributeValue.fromS(key.toString());
    return dynamo
        .client()
        .getItem(get -> get.tableName(dynamo.tables().quota()).key(Map.of("pk", name)))
        .item();
  }

  @Test
  void aRecordOfAnUnknownKindCountsByItsSums() {
    var before = allRecords();
    RECORD.add(Map.of("kind", AttributeValue.fromS("shared")));
    var after = allRecords();
    assertEquals(Kind.UNKNOWN, after.getFirst().kind());
    assertEquals(before.getFirst().charged(), after.getFirst().charged());
    assertEquals(List.of(), audit());
  }

  @Test
  void itemsOfOtherSortsAreNotRead() {
    for (var name : List.of("issuer", "acme#p#0af3", "acme#p", "#0")) {
      put(
          dynamo.tables().quota(),
          Map.of("pk", name, "wp", "due"),
          Map.of("w", AttributeValue.fromN("1")));
    }
    assertEquals(List.of(QuotaKey.of(ACME)), quota.all());
    assertEquals(List.of(QuotaKey.of(ACME)), quota.due());

    var some = tenants.some();
    put(dynamo.tables().tenants(), Map.of("pk", "tenant#acme", "sk", "notes"), LATER);
    put(dynamo.tables().tenants(), Map.of("pk", "issuer#a", "sk", "keys"), LATER);
    assertEquals(some, tenants.some());
    assertEquals(1, editor.all().size());
    put(dynamo.tables().usage(), Map.of("pk", "acme", "sk", "person#1"), LATER);
    assertEquals(List.of(), audit());
  }

  private static void put(
      String table, Map<String, String> names, Map<String, AttributeValue> attributes) {
    var item = new HashMap<>(attributes);
    names.forEach((name, value) -> item.put(name, AttributeValue.fromS(value)));
    dynamo.client().putItem(put -> put.tableName(table).item(item));
  }
}
