package dev.chatgate.quota.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a new limit costs: its rule and a line in the list of them, and nothing else. */
class NewLimitTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Instant MIDNIGHT = Instant.parse("2026-11-24T00:00:00Z");
  private static final Limits LIMITS = withMadeUpLimit();
  private static final Quota TWO_A_DAY =
      Calls.limits().requestsPerMinute(60).with(MadeUpLimit.LIMIT, 2).quota();

  private final TestClock clock = new TestClock(NOON);
  private final Random random = new Random(1);
  private final MemoryQuotaTable table = new MemoryQuotaTable();
  private final QuotaLedger ledger =
      new QuotaLedger(
          LIMITS, table, new MemoryUsageRecords(), clock, random, clock, LedgerListener.NONE);

  private static Limits withMadeUpLimit() {
    var rules = new ArrayList<>(Limits.ALL.rules());
    rules.add(new MadeUpLimit());
    return new Limits(rules);
  }

  private Admission admit(Quota quota) {
    return ledger.admit(Calls.claim(random, TENANT, quota, 100, clock.instant().plusSeconds(5)));
  }

  private Refusal refused(Quota quota) {
    return assertInstanceOf(Admission.Refused.class, admit(quota)).refusal();
  }

  private void granted(Quota quota) {
    var granted = assertInstanceOf(Admission.Granted.class, admit(quota));
    ledger.settle(
        granted.reservation(), Calls.used(10), Calls.FACTS, clock.instant().plusSeconds(5));
  }

  @Test
  void admissionsAreHeldToIt() {
    granted(TWO_A_DAY);
    granted(TWO_A_DAY);
    var refusal = refused(TWO_A_DAY);
    assertEquals("made_up_calls_per_day", refusal.limit().key());
    assertEquals(Refusal.Kind.SPENT, refusal.kind());
    assertEquals(Optional.of(Duration.between(NOON, MIDNIGHT)), refusal.retryAfter());
    assertEquals(2, refusal.settled());
    granted(Calls.limits().requestsPerMinute(60).quota());
    clock.set(MIDNIGHT);
    granted(TWO_A_DAY);
  }

  @Test
  void itsRefusalIsRememberedForThreeSeconds() {
    granted(TWO_A_DAY);
    granted(TWO_A_DAY);
    assertEquals(1, admit(TWO_A_DAY).attempts());
    assertEquals(0, admit(TWO_A_DAY).attempts());
    clock.advance(QuotaLedger.SPENT_MEMORY);
    assertEquals(1, admit(TWO_A_DAY).attempts());
  }

  @Test
  void aValueOfZeroBlocks() {
    var refusal = refused(Calls.limits().with(MadeUpLimit.LIMIT, 0).quota());
    assertEquals(Refusal.Kind.BLOCKED, refusal.kind());
    assertEquals("made_up_calls_per_day", refusal.limit().key());
  }

  @Test
  void theReportOfUsageShowsIt() {
    granted(TWO_A_DAY);
    var tenant =
        new Tenant(
            TENANT, TenantStatus.ACTIVE, TWO_A_DAY, Optional.empty(), Map.of(), Optional.empty());
    var day = LocalDate.parse("2026-11-23");
    var usage =
        new UsageReader(LIMITS, table, new MemoryDayRows(), clock)
            .read(tenant, day, day, key -> key.model());
    assertEquals(
        List.of("requests_per_minute", "made_up_calls_per_day"),
        usage.limits().stream().map(state -> state.limit().key()).toList());
    assertEquals(
        new LimitState(MadeUpLimit.LIMIT, 2, 1, 0, 1, Optional.of(MIDNIGHT)),
        usage.limits().getLast());
  }

  @Test
  void itIsAMemberOfTheConfiguration() {
    assertEquals(
        List.of(
            "requests_per_minute",
            "tokens_per_minute",
            "tokens_per_day",
            "tokens_per_month",
            "cost_per_month_usd",
            "max_concurrent_requests",
            "made_up_calls_per_day",
            "max_tokens_per_request",
            "default_max_tokens"),
        LIMITS.members().stream().map(limit -> limit.key()).toList());
  }
}
