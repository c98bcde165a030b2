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
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Compares the tables after a crash test with what the callers observed.
 *
 * @param records number of records by kind
 * @param inFlight number of entries still in flight
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
      long inFlight =
          tenants.stream()
              .mapToLong(tenant -> table.read(QuotaKey.of(tenant)).entries().size())
              .sum();
      return count(records(dynamoDb, stack, tenants), inFlight, answered);
    }
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
