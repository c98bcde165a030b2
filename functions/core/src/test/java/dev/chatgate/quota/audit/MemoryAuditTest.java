package dev.chatgate.quota.audit;

import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;

class MemoryAuditTest extends AuditContract {
  MemoryAuditTest() {
    super(new MemoryQuotaTable(), new MemoryUsageRecords(), new MemoryDayRows());
  }
}
