package dev.chatgate.aws.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageStoreContract;
import dev.chatgate.usage.UsageTotals;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

class DynamoUsageStoreTest extends UsageStoreContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  DynamoUsageStoreTest() {
    super(
        new DynamoQuotaTable(local.client(), local.tables(), TIMEOUT),
        new DynamoUsageRecords(local.client(), local.tables(), TIMEOUT, Duration.ofDays(400)),
        new DynamoDayRows(local.client(), local.tables()));
  }

  @BeforeAll
  static void start() {
    local = LocalDynamoDb.start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  @Test
  void aFullRecordIsOneWriteUnit() {
    var item = RecordItem.write(full(Kind.CORRECTION), Instant.parse("2027-12-31T23:59:59Z"));
    int bytes =
        item.entrySet().stream().mapToInt(e -> bytes(e.getKey()) + bytes(e.getValue())).sum();
    assertTrue(bytes <= 1_024, bytes + " bytes");
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * At most: a number is counted by its characters, a map by the guide's 3 bytes and 1 a member.
   */
  private static int bytes(AttributeValue value) {
    return switch (value.type()) {
      case S -> bytes(value.s());
      case N -> value.n().length() + 1;
      case BOOL -> 1;
      case M ->
          3
              + value.m().entrySet().stream()
                  .mapToInt(e -> 1 + bytes(e.getKey()) + bytes(e.getValue()))
                  .sum();
      case SS, NS, BS, L, B, NUL, UNKNOWN_TO_SDK_VERSION ->
          throw new AssertionError("no record has such a value: " + value);
    };
  }

  @Test
  void rowsAreHandedOverPageByPage() {
    var tenant = new TenantId("pages");
    var day = LocalDate.parse("2026-11-20");
    var rows = new DynamoDayRows(local.client(), local.tables());
    int count = 1_200;
    for (int part = 0; part < count; part++) {
      rows.putIfAbsent(new DayRow(tenant, 0, day, "x".repeat(900), part, UsageTotals.ZERO));
    }
    var queries = new AtomicInteger();
    var queriesAtRow = new ArrayList<Integer>();
    try (var counting = local.client(new CountsQueries(queries))) {
      new DynamoDayRows(counting, local.tables())
          .forEach(tenant, day, day, _ -> queriesAtRow.add(queries.get()));
    }
    assertEquals(count, queriesAtRow.size());
    assertTrue(queries.get() >= 3, queries + " pages of 1 MB");
    assertEquals(1, queriesAtRow.getFirst(), "the first row waits for no other page");
  }

  private record CountsQueries(AtomicInteger queries) implements ExecutionInterceptor {
    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      if (context.request() instanceof QueryRequest) {
        queries.incrementAndGet();
      }
    }
  }

  @Test
  void pricesAreKeptWithTheirTiersAndVersions() {
    var store = new PriceStore(local.client(), local.tables());
    var first = new ModelPrice.Tier(0, 150_000, OptionalLong.of(75_000), 600_000);
    var long128 = new ModelPrice.Tier(128_000, 300_000, OptionalLong.empty(), 1_200_000);
    var old = new ModelPrice("org/m#x", LocalDate.parse("2026-01-01"), List.of(first));
    var current = new ModelPrice("org/m#x", LocalDate.parse("2026-11-01"), List.of(first, long128));
    for (var price : List.of(old, current)) {
      var item = new HashMap<>(PriceItem.attributes(price));
      item.putAll(PriceItem.key(price));
      local.client().putItem(put -> put.tableName(local.tables().tenants()).item(item));
    }
    assertEquals(Set.of(old, current), Set.copyOf(store.prices()));
  }
}
