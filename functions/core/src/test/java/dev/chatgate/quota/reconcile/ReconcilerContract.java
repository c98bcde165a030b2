package dev.chatgate.quota.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.ItemOracle;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.OneTenant;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.CheckedTable;
import dev.chatgate.quota.item.DailyTotals;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.FaultyTable;
import dev.chatgate.quota.item.FaultyTable.Fault;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.quota.settle.UsageRecordFactory;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.TestClock;
import dev.chatgate.time.ThreadClock;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What every store must do for the reconciler. */
public abstract class ReconcilerContract {
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final Instant START = Instant.parse("2026-11-30T23:00:00Z");
  private static final Instant END = Instant.parse("2100-01-01T00:00:00Z");
  private static final Quota NO_LIMIT = Calls.limits().quota();

  /** Calls of these tests may take 60 s; 30 s later any instance may settle their entries. */
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final TestClock clock = new TestClock(START);
  private final Random random = new Random(1);
  private final TenantId tenant = new TenantId("reconciled-" + TENANTS.incrementAndGet());
  private final QuotaKey key = QuotaKey.of(tenant);
  private final CheckedTable table;
  private final UsageRecords records;
  private final DayRows rows;
  private final QuotaLedger ledger;

  /**
   * @param store several tests may share what is behind it
   * @param records likewise
   * @param rows likewise
   */
  protected ReconcilerContract(QuotaTable store, UsageRecords records, DayRows rows) {
    this.table = new CheckedTable(new OneTenant(store, key));
    this.records = records;
    this.rows = rows;
    this.ledger = ledger(table, random);
  }

  private QuotaLedger ledger(QuotaTable through, Random jitter) {
    return new QuotaLedger(
        through,
        records,
        new ThreadClock(clock, Duration.ZERO),
        jitter,
        clock,
        LedgerListener.NONE);
  }

  private Reconciler reconciler(QuotaTable through, DayRows into, Random jitter) {
    return new Reconciler(
        through, records, into, new ThreadClock(clock, Duration.ZERO), jitter, clock);
  }

  private ReconcilerRun reconcile() {
    return reconcile(table, rows);
  }

  private ReconcilerRun reconcile(QuotaTable through, DayRows into) {
    return reconciler(through, into, random).run(clock.instant().plusSeconds(50));
  }

  private Reservation granted(String model, long tokens) {
    var claim =
        Calls.claim(random, tenant, NO_LIMIT, model, tokens, clock.instant().plusSeconds(10));
    return assertInstanceOf(Granted.class, ledger.admit(claim)).reservation();
  }

  private void called(String model, long tokens) {
    settle(granted(model, 1000), tokens);
  }

  private Settlement settle(Reservation reservation, long tokens) {
    return ledger.settle(
        reservation, Calls.used(tokens), Calls.FACTS, clock.instant().plusSeconds(10));
  }

  private List<UsageRecord> written() {
    var found = new ArrayList<UsageRecord>();
    records.forEach(tenant, Instant.EPOCH, END, found::add);
    return found;
  }

  private List<DayRow> written(LocalDate day) {
    var found = new ArrayList<DayRow>();
    rows.forEach(tenant, day, day, found::add);
    return found;
  }

  private static LocalDate dayOf(Instant instant) {
    return LocalDate.ofEpochDay(Windows.dayOf(instant));
  }

  private QuotaItem item() {
    return table.read(key);
  }

  /** Records, roll-ups and rows say the same, and nothing is in flight. */
  private void assertSettled() {
    var item = item();
    assertEquals(Map.of(), item.entries());
    assertEquals(0, item.number(ItemNames.ENTRIES));
    assertSums();
    table.verify(records).values().forEach(ItemOracle::assertSettled);
  }

  /** Records, less those of calls in flight, are what the roll-ups and rows say. */
  private void assertSums() {
    var sums = new TreeMap<DayAndModel, UsageTotals>();
    written()
        .forEach(record ->
            sums.merge(
                new DayAndModel(record.day(), record.model()),
                record.charged(),
                UsageTotals::plus));
    sums.values().removeIf(UsageTotals.ZERO::equals);
    var first = LocalDate.of(2026, 1, 1);
    var usage =
        new UsageReader(table, rows, clock)
            .read(unlimited(), first, first.plusYears(2), Function.identity());
    assertEquals(sums, usage.tallies());
  }

  private Tenant unlimited() {
    return new Tenant(
        tenant, TenantStatus.ACTIVE, NO_LIMIT, Optional.empty(), Map.of(), Optional.empty());
  }

  @Test
  void aDeadCallIsChargedItsReserveAtItsDeadlineAndNotBefore() {
    granted("m", 400);
    clock.advance(DEADLINE.minusSeconds(1));
    assertEquals(new ReconcilerRun(1, 0, 0, 0, 0, 0, 0), reconcile());
    assertEquals(1, item().number(ItemNames.ENTRIES));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(new ReconcilerRun(1, 1, 0, 0, 0, 0, 0), reconcile());
    assertEquals(Kind.ORPHANED, written().getFirst().kind());
    assertEquals(new UsageTotals(1, 400, 0, 0, 400, 1), written().getFirst().charged());
    assertSettled();
  }

  @Test
  void anotherRunFindsNothingLeftToDo() {
    granted("m", 400);
    clock.advance(DEADLINE);
    reconcile();
    var before = item();
    assertEquals(new ReconcilerRun(0, 0, 0, 0, 0, 0, 0), reconcile());
    assertEquals(before, item());
  }

  @Test
  void aRecordThatStandsIsAppliedAsItStands() {
    var reservation = granted("m", 400);
    records.decide(
        UsageRecordFactory.call(reservation, Calls.used(123), Calls.FACTS, clock.instant()));
    clock.advance(DEADLINE);
    assertEquals(new ReconcilerRun(1, 0, 1, 0, 0, 0, 0), reconcile());
    assertEquals(1, written().size());
    assertEquals(123, item().number(ItemNames.dayTokens(Windows.dayOf(START))));
    assertSettled();
  }

  @Test
  void aMarkLetsTheEntryGoWithNothingCharged() {
    var reservation = granted("m", 400);
    var id = reservation.requestId().reservationId();
    records.decide(UsageRecordFactory.released(key, id, reservation.entry(), "m", clock.instant()));
    clock.advance(DEADLINE);
    assertEquals(new ReconcilerRun(1, 0, 0, 1, 0, 0, 0), reconcile());
    assertEquals(0, item().number(ItemNames.dayTokens(Windows.dayOf(START))));
    assertSettled();
  }

  @Test
  void aLateDuplicateIsLetGoWithNothingCharged() {
    var reservation = granted("m", 400);
    settle(reservation, 150);
    var entry = reservation.entry();
    var duplicate =
        new ReservationEntry(
            entry.attempt() + 1,
            entry.tokens(),
            entry.microUsd(),
            entry.holdNanos(),
            entry.admittedAtSeconds(),
            entry.secondsToDeadline(),
            entry.epochDay(),
            entry.modelCode(),
            entry.keyCode());
    var id = reservation.requestId().reservationId();
    long duplicateAt = Buckets.nanosOf(clock.instant());
    table.update(key, EntryWrite.begin(id, duplicate, "m", 100, item(), duplicateAt).build());
    assertEquals(550, item().number(ItemNames.dayTokens(Windows.dayOf(START))));
    clock.advance(DEADLINE);
    assertEquals(new ReconcilerRun(1, 0, 0, 1, 0, 0, 0), reconcile());
    assertEquals(150, item().number(ItemNames.dayTokens(Windows.dayOf(START))));
    assertSettled();
  }

  @Test
  void aCorrectionThatExpiresBeforeItsRecordIsLetGo() {
    called("m", 100);
    var correction =
        Correction.byOperator(
            written().getFirst(),
            new UsageTotals(0, 10, 0, 0, 10, 0),
            clock.instant(),
            "the provider said so");
    long seconds = clock.instant().getEpochSecond();
    int model = ModelCodes.codeFor("m", item(), ModelCodes.MAX_NAMES);
    var entry = new ReservationEntry(9, 0, 0, 0, seconds, 60, Windows.dayOf(START), model, 7);
    long nanos = Buckets.nanosOf(clock.instant());
    table.update(
        key, EntryWrite.begin(correction.key().id(), entry, "m", 100, item(), nanos).build());
    clock.advance(DEADLINE);
    assertEquals(new ReconcilerRun(1, 0, 0, 1, 0, 0, 0), reconcile());
    assertSettled();
  }

  @Test
  void anItemStaysInTheIndexWhileSomethingIsInFlight() {
    var reservation = granted("m", 400);
    reconcile();
    assertTrue(item().has(ItemNames.DUE_PARTITION));
    assertTrue(item().has(ItemNames.DUE_MINUTE));
    settle(reservation, 10);
    assertEquals(1, reconcile().items());
    assertFalse(item().has(ItemNames.DUE_PARTITION));
    assertFalse(item().has(ItemNames.DUE_MINUTE));
    assertEquals(List.of(), table.due());
    called("m", 5);
    assertEquals(List.of(key), table.due());
  }

  @Test
  void aDayIsClosedOnceANewerOneWasSeenAndNothingNamesIt() {
    called("m", 100);
    called("other", 7);
    var late = granted("m", 400);
    clock.advance(Duration.ofMinutes(61));
    called("m", 11);
    // The night before is still named: it expires now, is charged, and the day closes at once.
    assertEquals(new ReconcilerRun(1, 1, 0, 0, 1, 0, 0), reconcile());
    assertEquals(List.of("m", "other"), models(written(dayOf(START))));
    assertEquals(List.of(), written(dayOf(clock.instant())));
    assertEquals(500, written(dayOf(START)).getFirst().tally().tokens());
    assertEquals(List.of("m"), item().rollUps().stream().map(DailyTotals::model).toList());
    assertEquals(List.of("m"), List.copyOf(item().models().values()));
    settle(late, 3);
    assertSettled();
  }

  private static List<String> models(List<DayRow> rows) {
    return rows.stream().map(DayRow::model).sorted().toList();
  }

  @Test
  void aDayThatALivingCallNamesStaysOpen() {
    clock.set(Instant.parse("2026-11-30T23:59:30Z"));
    var overMidnight = granted("m", 400);
    clock.advance(Duration.ofSeconds(45));
    called("m", 11);
    assertEquals(0, reconcile().closedDays());
    settle(overMidnight, 30);
    assertEquals(1, reconcile().closedDays());
    assertEquals(30, written(dayOf(START)).getFirst().tally().tokens());
    assertSettled();
  }

  @Test
  void whoeverStopsBetweenRowAndRemovalDoesNoHarm() {
    called("m", 100);
    clock.advance(Duration.ofDays(1));
    called("m", 11);
    var faulty = new FaultyTable(table, () -> Fault.LOST_BEFORE);
    assertEquals(1, reconcile(faulty, rows).unfinished());
    assertEquals(1, written(dayOf(START)).size());
    assertEquals(new ReconcilerRun(1, 0, 0, 0, 1, 0, 0), reconcile());
    assertEquals(1, written(dayOf(START)).size());
    assertSettled();
  }

  @Test
  void aDayHasOneRowForEachModelHoweverOftenTheReconcilerRuns() {
    for (int run = 0; run < 20; run++) {
      for (int model = 0; model < 12; model++) {
        called("model-" + model, 10 + model);
      }
      assertEquals(0, reconcile().flushed());
      assertEquals(List.of(), written(dayOf(START)));
      clock.advance(Duration.ofMinutes(1));
    }
    clock.advance(Duration.ofDays(1));
    called("model-0", 1);
    assertEquals(1, reconcile().closedDays());
    assertEquals(12, written(dayOf(START)).size());
    assertEquals(List.of("model-0"), item().rollUps().stream().map(DailyTotals::model).toList());
    assertSettled();
  }

  private int earlierRun(QuotaTable through) {
    return new EarlierReconciler(through, rows).run(key);
  }

  @Test
  void partsThatAnEarlierReleaseMovedAreCountedOnce() {
    for (int model = 0; model < 12; model++) {
      called("model-" + model, 10 + model);
    }
    assertEquals(12, earlierRun(table));
    assertSettled();
    called("model-3", 5);
    assertSettled();
    reconcile();
    assertSettled();
    clock.advance(Duration.ofDays(1));
    called("model-0", 1);
    assertEquals(1, reconcile().closedDays());
    assertEquals(13, written(dayOf(START)).size());
    assertEquals(List.of("model-0"), item().rollUps().stream().map(DailyTotals::model).toList());
    assertSettled();
  }

  @Test
  void aRowOfAnEarlierReleaseThatCallsOvertookIsTakenAsItStands() {
    for (int model = 0; model < 9; model++) {
      called("model-" + model, 10);
    }
    var once = new AtomicBoolean(true);
    Supplier<Fault> overtaken =
        () -> {
          if (once.getAndSet(false)) {
            for (int model = 0; model < 9; model++) {
              called("model-" + model, 3);
            }
          }
          return Fault.NONE;
        };
    earlierRun(new FaultyTable(table, overtaken));
    assertSettled();
    clock.advance(Duration.ofDays(1));
    called("model-0", 1);
    // The rows stand, and their part has not left the item: it does now, and the rest follows.
    assertEquals(9, reconcile().flushed());
    assertSettled();
    assertEquals(1, reconcile().closedDays());
    assertSettled();
  }

  @Test
  void aRunOfAnEarlierReleaseThatGoesOnAfterTheDayIsClosedTakesNothing() {
    for (int model = 0; model < 9; model++) {
      called("model-" + model, 10);
    }
    var once = new AtomicBoolean(true);
    Supplier<Fault> stopped =
        () -> {
          if (once.getAndSet(false)) {
            called("model-0", 5);
            clock.advance(Duration.ofDays(1));
            called("model-1", 2);
            reconcile();
            reconcile();
          }
          return Fault.NONE;
        };
    earlierRun(new FaultyTable(table, stopped));
    reconcile();
    assertSettled();
  }

  @Test
  void aNameThatHasTwoCodesIsOneRow() {
    assertEquals("Aa".hashCode(), "BB".hashCode());
    called("Aa", 1);
    called("BB", 2);
    clock.advance(Duration.ofDays(1));
    called("BB", 4);
    reconcile();
    // The code that the two names clashed on is free. This one knows nothing of the item.
    var claim = Calls.claim(random, tenant, NO_LIMIT, "BB", 100, clock.instant().plusSeconds(10));
    var cold = ledger(table, random);
    var reservation = assertInstanceOf(Granted.class, cold.admit(claim)).reservation();
    settle(reservation, 8);
    assertEquals(List.of("BB", "BB"), item().rollUps().stream().map(DailyTotals::model).toList());
    assertSettled();
    var day = dayOf(clock.instant());
    clock.advance(Duration.ofDays(1));
    called("m", 1);
    var stopsAfterTheRow = new FaultyTable(table, () -> Fault.LOST_BEFORE);
    reconcile(stopsAfterTheRow, rows);
    assertSettled();
    assertEquals(1, reconcile().closedDays());
    assertSettled();
    assertEquals(12, written(day).getFirst().tally().tokens());
    assertEquals(1, written(day).size());
  }

  @Test
  void aCountOfNamesThatLandsLateIsNotTakenForANewOne() {
    called("m", 1);
    var claim = Calls.claim(random, tenant, NO_LIMIT, "m", 10, clock.instant().plusSeconds(10));
    var cold = ledger(table, random);
    settle(assertInstanceOf(Granted.class, cold.admit(claim)).reservation(), 1);
    assertEquals(2, item().number(ItemNames.NAMES));
    var late = new FaultyTable(table, () -> Fault.LATE);
    assertEquals(1, reconcile(late, rows).unfinished());
    reconcile();
    called("x", 1);
    assertEquals(2, item().number(ItemNames.NAMES));
    late.landOne();
    assertEquals(2, item().number(ItemNames.NAMES), "m and x");
    assertSettled();
  }

  private void refusedByProvider(Reservation reservation) {
    ledger.settle(
        reservation,
        new Consumption.Nothing(),
        Calls.refused(404),
        clock.instant().plusSeconds(10));
  }

  private Reservation grantedMadeUp(String model) {
    var claim = Calls.claim(random, tenant, NO_LIMIT, model, 10, clock.instant().plusSeconds(10));
    return assertInstanceOf(Granted.class, ledger.admit(Calls.unpriced(claim))).reservation();
  }

  private List<String> names() {
    return item().models().values().stream().sorted().toList();
  }

  @Test
  void namesThatTheProviderDoesNotKnowAreGoneAfterTheNextVisit() {
    called("known", 1);
    var inFlight = new ArrayList<Reservation>();
    for (int call = 0; call < 40; call++) {
      inFlight.add(granted("known", 10));
      refusedByProvider(grantedMadeUp("no-such-model-" + call));
    }
    assertEquals(42, names().size());
    assertSums();
    reconcile();
    assertEquals(List.of("(other)", "known"), names());
    assertEquals(1, item().number(ItemNames.NAMES));
    inFlight.forEach(reservation -> settle(reservation, 1));
    assertSettled();
  }

  @Test
  void aNameThatComesBackWhileItIsDroppedStays() {
    refusedByProvider(grantedMadeUp("unknown"));
    var once = new AtomicBoolean(true);
    var back = new ArrayList<Reservation>();
    var overtaken =
        new FaultyTable(
            table,
            () -> {
              if (once.getAndSet(false)) {
                back.add(grantedMadeUp("unknown"));
              }
              return Fault.NONE;
            });
    reconcile(overtaken, rows);
    assertEquals(List.of("(other)", "unknown"), names());
    settle(back.getFirst(), 3);
    reconcile();
    assertEquals(List.of("(other)", "unknown"), names());
    assertSettled();
  }

  @Test
  void namesAreCountedAnew() {
    for (int start = 0; start < 5; start++) {
      var claim = Calls.claim(random, tenant, NO_LIMIT, "m", 10, clock.instant().plusSeconds(10));
      var cold = ledger(table, random);
      settle(assertInstanceOf(Granted.class, cold.admit(claim)).reservation(), 1);
    }
    assertEquals(5, item().number(ItemNames.NAMES));
    reconcile();
    assertEquals(1, item().number(ItemNames.NAMES));
    var before = item();
    called("m", 1);
    reconcile();
    assertEquals(before.number(ItemNames.NAMES), item().number(ItemNames.NAMES));
    assertSettled();
  }

  @Test
  void namesThatNothingNeedsGoAndNamesInUseStay() {
    called("old", 1);
    clock.advance(Duration.ofDays(1));
    var inFlight = granted("flying", 10);
    called("used", 1);
    reconcile();
    assertEquals(List.of("flying", "used"), item().models().values().stream().sorted().toList());
    settle(inFlight, 2);
    assertSettled();
  }

  @Test
  void aStoreThatDoesNotAnswerLeavesAllToTheNextRun() {
    granted("m", 400);
    clock.advance(DEADLINE);
    var away = new FaultyTable(table, () -> Fault.LOST_BEFORE);
    assertEquals(new ReconcilerRun(1, 0, 0, 0, 0, 0, 1), reconcile(away, rows));
    assertEquals(new ReconcilerRun(1, 1, 0, 0, 0, 0, 0), reconcile());
    assertSettled();
  }

  @Test
  void aRunWhoseTimeIsOverSaysWhatItLeft() {
    granted("m", 400);
    clock.advance(DEADLINE);
    assertEquals(
        new ReconcilerRun(0, 0, 0, 0, 0, 0, 1),
        reconciler(table, rows, random).run(clock.instant()));
  }

  @Test
  void twoReconcilersAndLiveTrafficLoseNothingAndCountNothingTwice(TestReporter reporter)
      throws Exception {
    long seed = new Random().nextLong();
    reporter.publishEntry("seed", Long.toString(seed));
    var seeds = new Random(seed);
    var traffic = new AtomicInteger(4);
    var workers = new ArrayList<Callable<Integer>>();
    for (int caller = 0; caller < 4; caller++) {
      long own = seeds.nextLong();
      workers.add(() -> {
        try {
          return call(new Random(own), 150);
        } finally {
          traffic.decrementAndGet();
        }
      });
    }
    for (int reconciler = 0; reconciler < 2; reconciler++) {
      long own = seeds.nextLong();
      workers.add(() -> reconcileWhile(traffic, new Random(own)));
    }
    workers.add(() -> earlierRunWhile(traffic));
    together(workers);
    clock.advance(DEADLINE);
    while (reconcile().items() > 0) {
      clock.advance(Duration.ofSeconds(60));
    }
    assertSettled();
  }

  /** The reconciler of an earlier release runs beside those of this one. */
  private int earlierRunWhile(AtomicInteger traffic) {
    int moved = 0;
    while (traffic.get() > 0) {
      moved += earlierRun(table);
    }
    return moved;
  }

  private int reconcileWhile(AtomicInteger traffic, Random own) {
    var faulty = new FaultyTable(table, () -> fault(own));
    var lossy = new LossyRows(rows, own);
    var reconciler = reconciler(faulty, lossy, own);
    int runs = 0;
    while (traffic.get() > 0) {
      reconciler.run(clock.instant().plusSeconds(50));
      faulty.landOne();
      runs++;
    }
    return runs;
  }

  private static Fault fault(Random own) {
    var faults = Fault.values();
    return own.nextInt(4) == 0 ? faults[own.nextInt(faults.length)] : Fault.NONE;
  }

  /** Some die before their record, some after it, some are settled late; nights pass. */
  private int call(Random own, int calls) {
    var mine = ledger(table, own);
    var settler =
        new Settler(
            table,
            records,
            new LastSeenItems(1),
            new ThreadClock(clock, Duration.ZERO),
            own,
            clock);
    for (int call = 0; call < calls; call++) {
      var claim =
          Calls.claim(
              own,
              tenant,
              NO_LIMIT,
              "model-" + own.nextInt(12),
              1 + own.nextInt(500),
              clock.instant().plusSeconds(60));
      if (mine.admit(claim) instanceof Granted(Reservation reservation, _, _)) {
        clock.advance(Duration.ofSeconds(own.nextInt(200)));
        end(mine, settler, reservation, own);
      }
    }
    return calls;
  }

  private void end(QuotaLedger mine, Settler settler, Reservation reservation, Random own) {
    var used = Calls.used(own.nextLong(reservation.entry().tokens() + 1));
    int chance = own.nextInt(10);
    if (chance < 7) {
      mine.settle(reservation, used, Calls.FACTS, clock.instant().plusSeconds(30));
    } else if (chance < 8) {
      var record = UsageRecordFactory.call(reservation, used, Calls.FACTS, clock.instant());
      settler.decide(record, clock.instant().plusSeconds(30));
    } else if (chance < 9) {
      clock.advance(Duration.ofHours(own.nextInt(5)));
    }
  }

  private static <T> void together(List<Callable<T>> tasks) throws Exception {
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var started = new ArrayList<Future<T>>();
      tasks.forEach(task -> started.add(threads.submit(task)));
      for (var result : started) {
        result.get();
      }
    }
  }

  /** Rows that are sometimes written without an answer, though some were written. */
  private record LossyRows(DayRows rows, Random own) implements DayRows {
    @Override
    public DayRow putIfAbsent(DayRow row) {
      int chance = own.nextInt(8);
      if (chance == 0) {
        throw lost();
      }
      var standing = rows.putIfAbsent(row);
      if (chance == 1) {
        throw lost();
      }
      return standing;
    }

    @Override
    public void forEach(TenantId tenant, LocalDate from, LocalDate to, Consumer<DayRow> reader) {
      rows.forEach(tenant, from, to, reader);
    }

    private static StoreUnavailableException lost() {
      return new StoreUnavailableException("lost", new IllegalStateException("no answer"));
    }
  }
}
