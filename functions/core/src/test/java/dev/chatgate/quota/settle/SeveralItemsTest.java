package dev.chatgate.quota.settle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement.Progress;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A tenant with two quota items: what was admitted at one of them is settled and closed there. */
class SeveralItemsTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final QuotaKey FIRST = QuotaKey.of(TENANT);
  private static final QuotaKey SECOND = new QuotaKey(TENANT, 1);
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2026-11-23");

  private final TestClock clock = new TestClock(NOON);
  private final Random random = new Random(1);
  private final MemoryQuotaTable table = new MemoryQuotaTable();
  private final MemoryUsageRecords records = new MemoryUsageRecords();
  private final MemoryDayRows rows = new MemoryDayRows();
  private final QuotaLedger ledger =
      new QuotaLedger(table, records, clock, random, clock, LedgerListener.NONE);

  private Reservation atFirst() {
    var claim = Calls.claim(random, TENANT, Quota.UNLIMITED, 100, clock.instant().plusSeconds(5));
    return assertInstanceOf(Admission.Granted.class, ledger.admit(claim)).reservation();
  }

  /** A reservation as an admission at the second item would make it. */
  private Reservation atSecond() {
    var model = atFirst();
    settle(model);
    var claim = Calls.claim(random, TENANT, Quota.UNLIMITED, 100, clock.instant().plusSeconds(5));
    var id = claim.requestId().reservationId();
    var entry = model.entry();
    long now = Buckets.nanosOf(clock.instant());
    var write = EntryWrite.begin(id, entry, "m", ModelCodes.MAX_NAMES, QuotaItem.EMPTY, now);
    assertInstanceOf(MemoryQuotaTable.Written.Done.class, table.update(SECOND, write.build()));
    return new Reservation(
        claim.requestId(), SECOND, model.admittedAt(), model.deadline(), claim, entry);
  }

  private Progress settle(Reservation reservation) {
    return ledger
        .settle(reservation, Calls.used(40), Calls.FACTS, clock.instant().plusSeconds(5))
        .progress();
  }

  private long calls(QuotaKey key) {
    return table.read(key).rollUps().stream().mapToLong(day -> day.tally().calls()).sum();
  }

  @Test
  void aReservationIsSettledAtItsItem() {
    var reservation = atSecond();
    assertEquals(1, calls(FIRST));
    assertEquals(Progress.APPLIED, settle(reservation));
    assertEquals(1, calls(FIRST));
    assertEquals(1, calls(SECOND));
    assertEquals(0, table.read(SECOND).number(ItemNames.ENTRIES));
    assertEquals(
        40, table.read(SECOND).number(ItemNames.dayTokens(Windows.dayOf(clock.instant()))));
  }

  @Test
  void aCallThatCameBackAfterItsDeadlineIsCorrectedAtItsItem() {
    var reservation = atSecond();
    clock.set(reservation.deadline());
    assertEquals(1, reconcile());
    assertEquals(Progress.APPLIED, settle(reservation));
    assertEquals(0, table.read(SECOND).number(ItemNames.ENTRIES));
    assertEquals(40, table.read(SECOND).rollUps().getFirst().tally().tokens());
    assertEquals(40, table.read(FIRST).rollUps().getFirst().tally().tokens());
  }

  private int reconcile() {
    return new Reconciler(table, records, rows, clock, random, clock)
        .run(clock.instant().plusSeconds(50))
        .orphaned();
  }

  @Test
  void twoItemsThatCloseOneDayWriteTwoRows() {
    settle(atSecond());
    clock.advance(Duration.ofDays(1));
    var nextDay =
        new ItemUpdate.Builder().put(ItemNames.NEWEST_DAY, Windows.dayOf(clock.instant()));
    for (var key : List.of(FIRST, SECOND)) {
      table.update(key, nextDay.build());
    }
    reconcile();
    reconcile();
    var found = new ArrayList<DayRow>();
    rows.forEach(TENANT, DAY, DAY, found::add);
    var used = new UsageTotals(1, 20, 0, 20, 40, 0);
    assertEquals(
        List.of(new DayRow(TENANT, 0, DAY, "m", 0, used), new DayRow(TENANT, 1, DAY, "m", 0, used)),
        found.stream().sorted((a, b) -> Integer.compare(a.shard(), b.shard())).toList());
    assertEquals(0, calls(FIRST) + calls(SECOND));
  }
}
