package dev.chatgate.quota.admit;

import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryLedgerRaceTest extends LedgerRaceContract {
  MemoryLedgerRaceTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords());
  }
}
