package dev.chatgate.quota;

import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryUsageStoreTest extends UsageStoreContract {
  MemoryUsageStoreTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords(), new MemoryDayRows());
  }
}
