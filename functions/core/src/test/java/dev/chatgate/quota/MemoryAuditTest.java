package dev.chatgate.quota;

import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryAuditTest extends AuditContract {
  MemoryAuditTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords(), new MemoryDayRows());
  }
}
