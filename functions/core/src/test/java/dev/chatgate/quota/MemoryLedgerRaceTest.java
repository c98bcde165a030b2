package dev.chatgate.quota;

import dev.chatgate.usage.MemoryUsageRecords;

class MemoryLedgerRaceTest extends LedgerRaceContract {
  MemoryLedgerRaceTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords());
  }
}
