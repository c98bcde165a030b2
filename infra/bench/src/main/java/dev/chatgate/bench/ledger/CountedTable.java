package dev.chatgate.bench.ledger;

import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.item.WriteUnits;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A quota table that counts refused writes and computes their write units, which the store does not
 * report.
 */
final class CountedTable implements QuotaTable {
  private final QuotaTable table;
  private final LongAdder refused = new LongAdder();
  private final LongAdder units = new LongAdder();

  CountedTable(QuotaTable table) {
    this.table = table;
  }

  /** Writes refused since {@link #reset}. */
  long refused() {
    return refused.sum();
  }

  /** Write units of refused writes, by {@link WriteUnits}. */
  long unitsRefused() {
    return units.sum();
  }

  /** Resets the counters. */
  void reset() {
    refused.reset();
    units.reset();
  }

  @Override
  public Written update(QuotaKey key, ItemUpdate update) {
    var written = table.update(key, update);
    if (written instanceof Written.Refused(QuotaItem before)) {
      int bytes = WriteUnits.bytesOf(key, before);
      refused.increment();
      units.add(WriteUnits.of(bytes, bytes, false));
    }
    return written;
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
