package dev.chatgate.usage;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.item.FaultyTable;
import dev.chatgate.quota.item.FaultyTable.Fault;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Records that lose answers, as {@link FaultyTable}'s do. */
public final class FaultyRecords implements UsageRecords {
  private final UsageRecords records;
  private final Supplier<Fault> faults;
  private final ConcurrentLinkedQueue<UsageRecord> late = new ConcurrentLinkedQueue<>();

  /**
   * @param records where the writes go
   * @param faults asked before every write
   */
  public FaultyRecords(UsageRecords records, Supplier<Fault> faults) {
    this.records = records;
    this.faults = faults;
  }

  @Override
  public Decision decide(UsageRecord record) {
    return switch (faults.get()) {
      case NONE -> records.decide(record);
      case THROTTLED -> new Decision.NotDone(new IllegalStateException("throttled"));
      case LOST_BEFORE -> throw lost();
      case LOST_AFTER -> {
        records.decide(record);
        throw lost();
      }
      case LATE -> {
        late.add(record);
        throw lost();
      }
    };
  }

  private static StoreUnavailableException lost() {
    return new StoreUnavailableException("lost", new IllegalStateException("no answer"));
  }

  /** Lets the oldest late record land, if there is one. */
  public boolean landOne() {
    var record = late.poll();
    if (record != null) {
      records.decide(record);
    }
    return record != null;
  }

  @Override
  public Optional<UsageRecord> find(UsageRecord.Key key) {
    return records.find(key);
  }

  @Override
  public void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader) {
    records.forEach(tenant, from, to, reader);
  }
}
