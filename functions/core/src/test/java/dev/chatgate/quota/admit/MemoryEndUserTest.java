package dev.chatgate.quota.admit;

import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryEndUserTest extends EndUserContract {
  MemoryEndUserTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords(), new MemoryDayRows());
  }
}
