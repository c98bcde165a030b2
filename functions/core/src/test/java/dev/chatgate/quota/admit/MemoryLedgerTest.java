package dev.chatgate.quota.admit;

import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryLedgerTest extends LedgerContract {
  MemoryLedgerTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords());
  }
}
