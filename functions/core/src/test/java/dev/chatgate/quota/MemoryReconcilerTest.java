package dev.chatgate.quota;

import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryReconcilerTest extends ReconcilerContract {
  MemoryReconcilerTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords(), new MemoryDayRows());
  }
}
