package dev.chatgate.quota.item;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.time.ThreadClock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A table that loses answers: some writes are throttled, some never arrive, some are done without
 * an answer, and some are done much later, when no caller waits for them any more.
 */
public final class FaultyTable implements QuotaTable {
  private final CheckedTable table;
  private final Supplier<Fault> faults;
  private final ConcurrentLinkedQueue<Late> late = new ConcurrentLinkedQueue<>();

  /** What may happen to a write. */
  public enum Fault {
    NONE,
    THROTTLED,
    LOST_BEFORE,
    LOST_AFTER,
    LATE
  }

  private record Late(QuotaKey key, ItemUpdate update, Instant now) {}

  /**
   * @param table where the writes go
   * @param faults asked before every write
   */
  public FaultyTable(CheckedTable table, Supplier<Fault> faults) {
    this.table = table;
    this.faults = faults;
  }

  @Override
  public Written update(QuotaKey key, ItemUpdate update) {
    return switch (faults.get()) {
      case NONE -> table.update(key, update);
      case THROTTLED -> new Written.NotDone(new IllegalStateException("throttled"));
      case LOST_BEFORE -> throw lost();
      case LOST_AFTER -> {
        table.update(key, update);
        throw lost();
      }
      case LATE -> {
        late.add(new Late(key, update, ThreadClock.last()));
        throw lost();
      }
    };
  }

  private static StoreUnavailableException lost() {
    return new StoreUnavailableException("lost", new IllegalStateException("no answer"));
  }

  /** Lets the oldest late write land, if there is one. */
  public boolean landOne() {
    var write = late.poll();
    if (write != null) {
      table.updateAt(write.key(), write.update(), write.now());
    }
    return write != null;
  }

  @Override
  public QuotaItem read(QuotaKey key) {
    return table.read(key);
  }

  @Override
  public List<QuotaKey> due() {
    return table.due();
  }
}
