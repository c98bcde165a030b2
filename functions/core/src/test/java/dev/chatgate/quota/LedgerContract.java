package dev.chatgate.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Admission.Refused;
import dev.chatgate.quota.Ledger.Settlement;
import dev.chatgate.quota.Refusal.Kind;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store must do for the ledger, call by call. */
public abstract class LedgerContract {
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private final TestClock clock = new TestClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final Random random = new Random(1);
  private final TenantId tenant = new TenantId("calls-" + TENANTS.incrementAndGet());
  private final QuotaKey key = QuotaKey.of(tenant);
  private final CheckedTable table;
  private final UsageRecords records;
  private final Ledger ledger;

  /**
   * @param store several tests may share what is behind it
   * @param records likewise
   */
  protected LedgerContract(QuotaTable store, UsageRecords records) {
    this.table = new CheckedTable(store);
    this.records = records;
    this.ledger =
        new QuotaLedger(
            table,
            records,
            new ThreadClock(clock, Duration.ZERO),
            random,
            clock,
            LedgerListener.NONE);
  }

  @AfterEach
  void nothingWasEverWrong() {
    table.verify(records);
  }

  private Claim claim(Quota quota, long tokens) {
    return Calls.claim(random, tenant, quota, tokens, clock.instant().plusSeconds(10));
  }

  private Reservation granted(Quota quota, long tokens) {
    return assertInstanceOf(Granted.class, ledger.admit(claim(quota, tokens))).reservation();
  }

  private Refusal refused(Quota quota, long tokens) {
    return assertInstanceOf(Refused.class, ledger.admit(claim(quota, tokens))).refusal();
  }

  private void settled(Reservation reservation, long tokens) {
    assertEquals(Settlement.APPLIED, settle(reservation, tokens));
  }

  private Settlement settle(Reservation reservation, long tokens) {
    return ledger.settle(
        reservation, Calls.used(tokens), Calls.FACTS, clock.instant().plusSeconds(10));
  }

  private List<UsageRecord> written() {
    var found = new ArrayList<UsageRecord>();
    records.forEach(tenant, Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"), found::add);
    return found;
  }

  @Test
  void aCallIsHeldThenCharged() {
    var quota = Calls.limits().tokensPerDay(1000).quota();
    var reservation = granted(quota, 400);
    int day = Windows.dayOf(clock.instant());
    assertEquals(400, table.read(key).number(ItemNames.dayTokens(day)));
    settled(reservation, 150);
    var item = table.read(key);
    assertEquals(150, item.number(ItemNames.dayTokens(day)));
    assertEquals(0, item.number(ItemNames.ENTRIES));
    assertTrue(item.entries().isEmpty());
    assertEquals(1, written().size());
    assertEquals(150, written().getFirst().charged().tokens());
  }

  @Test
  void settlingAgainHasNoEffect() {
    var reservation = granted(Calls.limits().tokensPerDay(1000).quota(), 400);
    settled(reservation, 150);
    var before = table.read(key);
    settled(reservation, 300);
    assertEquals(before, table.read(key));
    assertEquals(150, written().getFirst().charged().tokens());
  }

  @Test
  void theLastTokenOfADayIsGrantedAndTheNextRefused() {
    var quota = Calls.limits().tokensPerDay(1000).quota();
    settled(granted(quota, 600), 600);
    var inFlight = granted(quota, 400);
    var refusal = refused(quota, 1);
    assertEquals(Limit.TOKENS_PER_DAY, refusal.limit());
    assertEquals(Kind.WAIT, refusal.kind());
    assertEquals(600, refusal.settled());
    assertEquals(400, refusal.inFlight());
    settled(inFlight, 400);
    assertEquals(Kind.SPENT, refused(quota, 1).kind());
    clock.advance(Duration.ofHours(12));
    settled(granted(quota, 1000), 1000);
  }
}
