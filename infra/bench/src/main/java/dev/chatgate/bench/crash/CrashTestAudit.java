package dev.chatgate.bench.crash;

import dev.chatgate.RequestId;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.local.LocalStack;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Compares the tables after a crash test with what the callers observed.
 *
 * @param records number of records by kind
 * @param inFlight number of entries still in flight, at tenants and at persons
 * @param withoutRecord number of completely answered calls without a record
 */
record CrashTestAudit(Map<UsageRecord.Kind, Long> records, long inFlight, long withoutRecord) {
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final Duration RETENTION = Duration.ofDays(400);
  private static final Duration FAR = Duration.ofDays(1);

  /**
   * Reads the tables of a stack.
   *
   * @param answered request ids of completely answered calls
   */
  static CrashTestAudit read(LocalStack stack, Collection<String> answered) {
    try (var dynamoDb = stack.dynamoDb()) {
      var tenants =
          IntStream.range(0, CrashTestLoad.TENANTS)
              .mapToObj(i -> new TenantId(CrashTestLoad.tenant(i)))
              .toList();
      var table = new DynamoQuotaTable(dynamoDb, stack.tables(), ATTEMPT);
      var items = tenants.stream().map(QuotaKey::of);
      long inFlight = inFlight(table, Stream.concat(items, CrashTestLoad.persons().stream()));
      return count(records(dynamoDb, stack, tenants), inFlight, answered);
    }
  }

  /** Counts the entries that are still in flight at persons. */
  static long inFlightForPersons(LocalStack stack) {
    try (var dynamoDb = stack.dynamoDb()) {
      var table = new DynamoQuotaTable(dynamoDb, stack.tables(), ATTEMPT);
      return inFlight(table, CrashTestLoad.persons().stream());
    }
  }

  private static long inFlight(DynamoQuotaTable table, Stream<QuotaKey> items) {
    return items.mapToLong(item -> table.read(item).entries().size()).sum();
  }

  /** Counts records by kind, and answered calls without a record. */
  static CrashTestAudit count(
      List<UsageRecord> records, long inFlight, Collection<String> answered) {
    var kinds = new TreeMap<UsageRecord.Kind, Long>();
    Set<String> settled = new HashSet<>();
    for (var record : records) {
      kinds.merge(record.kind(), 1L, Long::sum);
      if (record.kind() == UsageRecord.Kind.CALL || record.kind() == UsageRecord.Kind.ORPHANED) {
        settled.add(record.key().id());
      }
    }
    long missing =
        answered.stream()
            .filter(id -> !settled.contains(new RequestId(id).reservationId()))
            .count();
    return new CrashTestAudit(kinds, inFlight, missing);
  }

  private static List<UsageRecord> records(
      DynamoDbClient dynamoDb, LocalStack stack, List<TenantId> tenants) {
    var store = new DynamoUsageRecords(dynamoDb, stack.tables(), ATTEMPT, RETENTION);
    var records = new ArrayList<UsageRecord>();
    var now = Instant.now();
    for (var tenant : tenants) {
      store.forEach(tenant, now.minus(FAR), now.plus(FAR), records::add);
    }
    return records;
  }

  /** Number of records of a kind. */
  long of(UsageRecord.Kind kind) {
    return records.getOrDefault(kind, 0L);
  }
}
