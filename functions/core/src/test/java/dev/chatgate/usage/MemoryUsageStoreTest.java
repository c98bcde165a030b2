package dev.chatgate.usage;

import dev.chatgate.quota.item.MemoryQuotaTable;

class MemoryUsageStoreTest extends UsageStoreContract {
  MemoryUsageStoreTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords(), new MemoryDayRows());
  }
}
