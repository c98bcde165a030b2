package dev.chatgate.quota;

import dev.chatgate.usage.MemoryUsageRecords;

class MemoryLedgerTest extends LedgerContract {
  MemoryLedgerTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords());
  }
}
