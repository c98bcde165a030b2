package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Records in memory. */
public final class MemoryUsageRecords implements UsageRecords {
  private final Map<UsageRecord.Key, UsageRecord> records = new HashMap<>();

  @Override
  public synchronized Decision decide(UsageRecord record) {
    var standing = records.putIfAbsent(record.key(), record);
    return standing == null ? new Decision.Written() : new Decision.Standing(standing);
  }

  @Override
  public synchronized Optional<UsageRecord> find(UsageRecord.Key key) {
    return Optional.ofNullable(records.get(key));
  }

  @Override
  public void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader) {
    sorted().stream()
        .filter(record -> record.key().tenant().equals(tenant))
        .filter(record -> !record.key().admittedAt().isBefore(from))
        .filter(record -> record.key().admittedAt().isBefore(to))
        .forEach(reader);
  }

  private synchronized List<UsageRecord> sorted() {
    Comparator<UsageRecord> byTime = Comparator.comparing(record -> record.key().admittedAt());
    return records.values().stream()
        .sorted(byTime.thenComparing(record -> record.key().id()))
        .toList();
  }
}
