package dev.chatgate.bench.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageTotals;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CrashTestAuditTest {
  private static final String FIRST = "req_000000000000aaaaaaaaaaaa";
  private static final String SECOND = "req_000000000000bbbbbbbbbbbb";

  @Test
  void everyKindOfRecordIsCounted() {
    var books =
        CrashTestAudit.count(
            List.of(record("a", Kind.CALL), record("b", Kind.ORPHANED), record("c", Kind.CALL)),
            4,
            List.of());
    assertEquals(2, books.of(Kind.CALL));
    assertEquals(1, books.of(Kind.ORPHANED));
    assertEquals(0, books.of(Kind.CORRECTION));
    assertEquals(4, books.inFlight());
  }

  @Test
  void anAnsweredCallIsFoundByTheEndOfItsRequestId() {
    var records = List.of(record("aaaaaaaaaaaa", Kind.CALL));
    assertEquals(0, CrashTestAudit.count(records, 0, List.of(FIRST)).withoutRecord());
    assertEquals(1, CrashTestAudit.count(records, 0, List.of(FIRST, SECOND)).withoutRecord());
  }

  @Test
  void aTombstoneIsNotARecordOfACall() {
    var records = List.of(record("aaaaaaaaaaaa", Kind.RELEASED));
    assertEquals(1, CrashTestAudit.count(records, 0, List.of(FIRST)).withoutRecord());
  }

  private static UsageRecord record(String id, Kind kind) {
    return new UsageRecord(
        new UsageRecord.Key(new TenantId("t"), Instant.EPOCH, id),
        kind,
        1,
        LocalDate.EPOCH,
        "model",
        0,
        UsageTotals.ZERO,
        0,
        0,
        0,
        false,
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty());
  }
}
