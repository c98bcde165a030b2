package dev.chatgate.quota.reconcile;

import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryReconcilerTest extends ReconcilerContract {
  MemoryReconcilerTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords(), new MemoryDayRows());
  }
}
