package dev.chatgate.quota.settle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement.Progress;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.RetryTime;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** How long settling goes on while the store fails, and which failures are repeated. */
class SettlerTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final TenantId TENANT = new TenantId("acme");

  private final TestClock clock = new TestClock(NOON);
  private final Random random = new Random(1);
  private final FailingTable table = new FailingTable();
  private final FailingRecords records = new FailingRecords();
  private final List<String> rejected = new ArrayList<>();
  private final QuotaLedger ledger =
      new QuotaLedger(table, records, clock, random, clock, LedgerListener.NONE);

  private static RuntimeException permanent() {
    return new StoreUnavailableException("writing", new Exception(), "ValidationException", true);
  }

  private static RuntimeException throttled() {
    return new StoreUnavailableException("writing", new Exception(), "ThrottlingException", false);
  }

  private Reservation granted() {
    var claim = Calls.claim(random, TENANT, Quota.UNLIMITED, 100, clock.instant().plusSeconds(5));
    return assertInstanceOf(Admission.Granted.class, ledger.admit(claim)).reservation();
  }

  private Progress settle(Reservation reservation, Duration within) {
    var giveUpAt = clock.instant().plus(within);
    var settlement = ledger.settle(reservation, Calls.used(50), Calls.FACTS, giveUpAt);
    settlement
        .rejection()
        .map(cause -> assertInstanceOf(StoreUnavailableException.class, cause).reason())
        .ifPresent(rejected::add);
    return settlement.progress();
  }

  private Duration sinceNoon() {
    return Duration.between(NOON, clock.instant());
  }

  @Test
  void aRecordThatTheStoreNeverTakesIsTriedOnce() {
    var reservation = granted();
    records.failure = Optional.of(SettlerTest::permanent);
    assertEquals(Progress.REJECTED_BY_STORE, settle(reservation, Duration.ofMinutes(15)));
    assertEquals(1, records.limits.size());
    assertEquals(List.of("ValidationException"), rejected);
    assertEquals(Duration.ZERO, sinceNoon());
  }

  @Test
  void aCounterWriteThatTheStoreNeverTakesIsTriedOnce() {
    var reservation = granted();
    table.limits.clear();
    table.failure = Optional.of(SettlerTest::permanent);
    assertEquals(Progress.RECORDED, settle(reservation, Duration.ofMinutes(15)));
    assertEquals(1, table.limits.size());
    assertEquals(List.of(), rejected);
  }

  @Test
  void anAdmissionThatTheStoreNeverTakesIsTriedOnce() {
    table.failure = Optional.of(SettlerTest::permanent);
    var claim = Calls.claim(random, TENANT, Quota.UNLIMITED, 100, clock.instant().plusSeconds(5));
    var unavailable = assertInstanceOf(Admission.Unavailable.class, ledger.admit(claim));
    assertEquals(
        "ValidationException",
        assertInstanceOf(StoreUnavailableException.class, unavailable.cause()).reason());
    assertEquals(1, table.limits.size());
  }

  /** The entry stays, and each run tries once: nothing is lost, and nothing loops. */
  @Test
  void theReconcilerTriesARecordThatTheStoreNeverTakesOnceARun() {
    var reservation = granted();
    clock.set(reservation.deadline());
    records.failure = Optional.of(SettlerTest::permanent);
    var rows = new MemoryDayRows();
    var reconciler = new Reconciler(table, records, rows, clock, random, clock);
    var before = clock.instant();
    for (int run = 1; run <= 3; run++) {
      assertEquals(1, reconciler.run(clock.instant().plusSeconds(50)).unfinished());
      assertEquals(run, records.limits.size());
    }
    assertEquals(before, clock.instant());
    records.failure = Optional.empty();
    assertEquals(1, reconciler.run(clock.instant().plusSeconds(50)).orphaned());
  }

  @Test
  void aSettlementThatFailsEndsInItsTime() {
    for (var within : List.of(Duration.ofMillis(1), Duration.ofMillis(1_500))) {
      clock.set(NOON);
      var reservation = granted();
      records.failure = Optional.of(SettlerTest::throttled);
      assertEquals(Progress.LEFT_TO_RECONCILER, settle(reservation, within));
      assertTrue(sinceNoon().compareTo(within) <= 0, sinceNoon().toString());
      records.failure = Optional.empty();
    }
    assertTrue(records.limits.size() > 5, "tried again");
    assertEquals(List.of(), rejected);
  }

  /** Each attempt waits for its answer until its limit, as it does at a store that is away. */
  @Test
  void anAttemptWithoutAnAnswerLeavesTimeForAnother() {
    var reservation = granted();
    records.takesItsTime = true;
    records.failure = Optional.of(SettlerTest::noAnswer);
    var within = Duration.ofMillis(1_500);
    assertEquals(Progress.LEFT_TO_RECONCILER, settle(reservation, within));
    assertEquals(within.dividedBy(2), records.limits.getFirst());
    assertTrue(records.limits.size() > 2, "tried again");
    assertTrue(
        sinceNoon().compareTo(within.plus(RetryTime.MIN_ATTEMPT)) <= 0, sinceNoon().toString());
  }

  @Test
  void theSecondStepHasWhatTheFirstLeft() {
    var reservation = granted();
    table.limits.clear();
    records.takesItsTime = true;
    var within = Duration.ofMillis(1_500);
    records.slowness = Duration.ofMillis(740);
    assertEquals(Progress.APPLIED, settle(reservation, within));
    assertEquals(List.of(Duration.ofMillis(380)), table.limits);
  }

  /** The store's dates may set the ledger's clock back by an hour in the middle of a settlement. */
  @Test
  void aClockThatIsSetBackDoesNotProlongASettlement() {
    var reservation = granted();
    records.failure =
        Optional.of(() -> {
          if (records.limits.size() == 1) {
            clock.set(clock.instant().minus(Duration.ofHours(1)));
          }
          return throttled();
        });
    var backAt = NOON.minus(Duration.ofHours(1));
    assertEquals(Progress.LEFT_TO_RECONCILER, settle(reservation, Duration.ofMillis(1_500)));
    assertTrue(clock.instant().isBefore(backAt.plusMillis(1_500)), clock.instant().toString());
  }

  private static RuntimeException noAnswer() {
    return new StoreUnavailableException("writing", new Exception());
  }

  /** What a failure is in a port: thrown where no answer came. */
  private static Optional<RuntimeException> answered(Supplier<RuntimeException> failure) {
    var cause = failure.get();
    if (cause instanceof StoreUnavailableException e && e.reason().equals("java.lang.Exception")) {
      throw e;
    }
    return Optional.of(cause);
  }

  private static final class FailingTable implements QuotaTable {
    private final MemoryQuotaTable table = new MemoryQuotaTable();
    private final List<Duration> limits = new ArrayList<>();
    private Optional<Supplier<RuntimeException>> failure = Optional.empty();

    @Override
    public Written update(QuotaKey key, ItemUpdate update) {
      return update(key, update, Duration.ofDays(1));
    }

    @Override
    public Written update(QuotaKey key, ItemUpdate update, Duration atMost) {
      limits.add(atMost);
      return failure
          .flatMap(SettlerTest::answered)
          .<Written>map(Written.NotDone::new)
          .orElseGet(() -> table.update(key, update));
    }

    @Override
    public QuotaItem read(QuotaKey key) {
      return table.read(key);
    }

    @Override
    public List<QuotaKey> due() {
      return table.due();
    }
  }

  private final class FailingRecords implements UsageRecords {
    private final MemoryUsageRecords records = new MemoryUsageRecords();
    private final List<Duration> limits = new ArrayList<>();
    private Optional<Supplier<RuntimeException>> failure = Optional.empty();
    private boolean takesItsTime;
    private Duration slowness = Duration.ofHours(1);

    @Override
    public Decision decide(UsageRecord record) {
      return decide(record, Duration.ofDays(1));
    }

    @Override
    public Decision decide(UsageRecord record, Duration atMost) {
      limits.add(atMost);
      if (takesItsTime) {
        clock.advance(slowness.compareTo(atMost) < 0 ? slowness : atMost);
      }
      return failure
          .flatMap(SettlerTest::answered)
          .<Decision>map(Decision.NotDone::new)
          .orElseGet(() -> records.decide(record));
    }

    @Override
    public Optional<UsageRecord> find(UsageRecord.Key key) {
      return records.find(key);
    }

    @Override
    public void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader) {
      records.forEach(tenant, from, to, reader);
    }
  }
}
