package dev.chatgate.quota.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.MemoryUsageRecords;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Two callers make the same correction at once, without knowing of each other. */
class CorrectionRaceTest {
  private static final TenantId TENANT = new TenantId("corrected");
  private static final QuotaKey KEY = QuotaKey.of(TENANT);

  private final TestClock clock = new TestClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final MemoryQuotaTable table = new MemoryQuotaTable();
  private final MemoryUsageRecords records = new MemoryUsageRecords();

  /** Draws one nonce for ever; those of the test are equal in their low 8 bits. */
  private Settler settler(QuotaTable writesTo, int nonce) {
    RandomGenerator draws = () -> (long) nonce << Integer.SIZE;
    return new Settler(writesTo, records, new LastSeenItems(1), clock, draws, clock);
  }

  private Instant later() {
    return clock.instant().plusSeconds(10);
  }

  private UsageRecord settledCall() {
    var random = new Random(1);
    var ledger = new QuotaLedger(table, records, clock, random, clock, LedgerListener.NONE);
    var claim = Calls.claim(random, TENANT, Quota.UNLIMITED, 100, later());
    if (ledger.admit(claim)
        instanceof Admission.Granted(Reservation reservation, RateLimits _, int _)) {
      ledger.settle(reservation, Calls.used(100), Calls.FACTS, later());
    }
    var written = new ArrayList<UsageRecord>();
    records.forEach(TENANT, Instant.EPOCH, later(), written::add);
    return written.getFirst();
  }

  @Test
  void anOperatorsCorrectionOfTheSameSecondDoesNotStandForTheCallsOwn() {
    var orphan = settledCall();
    var byCall =
        new Correction(
            KEY,
            orphan,
            new UsageTotals(0, 7, 0, 0, 7, 0),
            0,
            0,
            later(),
            Optional.empty(),
            orphan.call());
    var byOperator =
        Correction.byOperator(
            orphan, new UsageTotals(0, 5, 0, 0, 5, 0), later(), "the provider said so");
    assertTrue(settler(table, 1).correct(byOperator, later()));
    assertTrue(settler(table, 2).correct(byCall, later()));
    assertEquals(112, table.read(KEY).rollUps().getFirst().tally().tokens());
  }

  @Test
  void aCorrectionThatIsMadeTwiceAtOnceCountsOnce() {
    var difference = new UsageTotals(0, 7, 0, 0, 7, 0);
    var correction =
        Correction.byOperator(settledCall(), difference, clock.instant(), "the provider said so");
    var overtaken =
        new QuotaTable() {
          private boolean met;

          @Override
          public Written update(QuotaKey key, ItemUpdate update) {
            if (!met) {
              met = true;
              assertTrue(settler(table, 0x00104).correct(correction, later()));
            }
            return table.update(key, update);
          }

          @Override
          public QuotaItem read(QuotaKey key) {
            return table.read(key);
          }

          @Override
          public List<QuotaKey> due() {
            return table.due();
          }
        };
    assertTrue(settler(overtaken, 0x10004).correct(correction, later()));
    var item = table.read(KEY);
    assertEquals(107, item.rollUps().getFirst().tally().tokens());
    assertEquals(107, item.number(ItemNames.dayTokens(Windows.dayOf(clock.instant()))));
    assertFalse(item.entries().containsKey(correction.key().id()));
  }
}
