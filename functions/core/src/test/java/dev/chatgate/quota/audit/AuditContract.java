package dev.chatgate.quota.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.OneTenant;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.audit.AuditDifference.Kind;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemNames.Counter;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.quota.settle.UsageRecordFactory;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreTime;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the audit must find, and must not find, over every store. */
public abstract class AuditContract {
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final Instant START = Instant.parse("2026-11-29T12:00:00Z");
  private static final LocalDate DAY = LocalDate.of(2026, 11, 29);
  private static final Quota NO_LIMIT = Calls.limits().tokensPerMinute(1_000_000).quota();
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final Duration TWO_RUNS = Duration.ofMinutes(2);
  private static final UsageTotals ONE_CALL = new UsageTotals(1, 5, 0, 5, 10, 0);

  private final TestClock clock = new TestClock(START);
  private final Random random = new Random(1);
  private final TenantId tenant = new TenantId("audited-" + TENANTS.incrementAndGet());
  private final QuotaKey key = QuotaKey.of(tenant);
  private final QuotaTable table;
  private final UsageRecords records;
  private final DayRows rows;
  private final QuotaLedger ledger;

  /**
   * @param table several tests may share what is behind it
   * @param records likewise
   * @param rows likewise
   */
  protected AuditContract(QuotaTable table, UsageRecords records, DayRows rows) {
    this.table = table;
    this.records = records;
    this.rows = rows;
    this.ledger = ledger(clock, clock);
  }

  private QuotaLedger ledger(StoreTime time, Pause pause) {
    return new QuotaLedger(table, records, time, new Random(2), pause, LedgerListener.NONE);
  }

  private Reservation granted(String model, long tokens) {
    var claim =
        Calls.claim(random, tenant, NO_LIMIT, model, tokens, clock.instant().plusSeconds(10));
    return assertInstanceOf(Granted.class, ledger.admit(claim)).reservation();
  }

  private void called(String model, long tokens) {
    settle(granted(model, 1000), tokens);
  }

  private void settle(Reservation reservation, long tokens) {
    ledger.settle(reservation, Calls.used(tokens), Calls.FACTS, clock.instant().plusSeconds(10));
  }

  private void reconcile() {
    new Reconciler(new OneTenant(table, key), records, rows, clock, random, clock)
        .run(clock.instant().plusSeconds(50));
  }

  private List<AuditDifference> differences() {
    return differences(records);
  }

  private List<AuditDifference> differences(UsageRecords seen) {
    return audit(seen, clock, clock).differences(tenant);
  }

  private Audit audit(UsageRecords seen, InstantSource time, Pause pause) {
    return new Audit(table, seen, rows, time, pause, Duration.ofDays(400), TWO_RUNS);
  }

  private Set<Kind> kinds() {
    return kinds(differences());
  }

  private static Set<Kind> kinds(List<AuditDifference> differences) {
    return differences.stream()
        .map(AuditDifference::kind)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void tamper(String attribute, long amount) {
    tamper(key, attribute, amount);
  }

  private void tamper(QuotaKey item, String attribute, long amount) {
    table.update(
        item,
        new ItemUpdate.Builder()
            .when(new Condition.AtLeast(ItemNames.NEWEST_DAY, 0))
            .addFromZero(attribute, amount)
            .build());
  }

  private List<UsageRecord> written() {
    var found = new ArrayList<UsageRecord>();
    records.forEach(tenant, Instant.EPOCH, START.plus(Duration.ofDays(9_000)), found::add);
    return found;
  }

  /** Calls of two days and of two models, corrected, dead and in flight. */
  private void history() {
    called("m", 100);
    called("other", 70);
    granted("m", 30);
    clock.advance(DEADLINE);
    reconcile();
    clock.advance(Duration.ofHours(12));
    called("m", 11);
    reconcile();
    correct(written().getFirst(), -40);
    called("m", 0);
    correct(written().getLast(), 25);
    granted("other", 500);
  }

  private void correct(UsageRecord record, long tokens) {
    var difference = new UsageTotals(0, tokens, 0, 0, tokens, 0);
    new Settler(table, records, new LastSeenItems(1), clock, random, clock)
        .correct(
            Correction.byOperator(record, difference, clock.instant(), "the provider said so"),
            clock.instant().plusSeconds(10));
  }

  @Test
  void aCleanHistoryIsClean() {
    history();
    assertEquals(List.of(), differences());
    clock.advance(Duration.ofSeconds(10));
    assertEquals(List.of(), differences());
  }

  @Test
  void aTenantThatNeverCalledIsClean() {
    assertEquals(List.of(), differences());
  }

  @Test
  void whatIsBeforeTheRetentionIsNotLookedAt() {
    history();
    reconcile();
    clock.advance(Duration.ofDays(500));
    UsageRecords gone = new Hiding(records, _ -> true);
    assertEquals(Set.of(Kind.OVERDUE), kinds(differences(gone)));
  }

  @Test
  void aMissingRecordIsNamed() {
    history();
    called("m", 333);
    var last = written().stream().filter(record -> record.charged().tokens() == 333).findFirst();
    var differences = differences(new Hiding(records, record -> record.equals(last.orElseThrow())));
    assertTrue(kinds(differences).contains(Kind.MISSING_RECORD), differences.toString());
  }

  @Test
  void anExtraRecordIsNamed() {
    history();
    var real = written().getLast();
    var planted =
        new UsageRecord(
            new UsageRecord.Key(tenant, clock.instant(), "plantedplant"),
            UsageRecord.Kind.CALL,
            1,
            real.day(),
            "m",
            7,
            ONE_CALL,
            10,
            10,
            0,
            false,
            clock.instant(),
            Optional.empty(),
            Optional.empty());
    records.decide(planted);
    assertTrue(kinds().contains(Kind.EXTRA_RECORD), differences().toString());
  }

  @Test
  void everyWindowIsHeldAgainstTheRecords() {
    history();
    int day = Windows.dayOf(clock.instant());
    int month = Windows.monthOf(day);
    for (var window :
        List.of(
            ItemNames.dayTokens(day),
            ItemNames.monthTokens(month),
            ItemNames.monthMicroUsd(month))) {
      tamper(window, 1);
      var found = differences();
      assertEquals(Set.of(Kind.COUNTER), kinds(found));
      assertEquals(1, found.size());
      assertTrue(found.getFirst().toString().contains(window), found.toString());
      tamper(window, -1);
    }
    assertEquals(List.of(), differences());
  }

  @Test
  void whatIsInFlightIsHeldAgainstTheEntries() {
    history();
    for (var counter :
        List.of(ItemNames.ENTRIES, ItemNames.TOKENS_HELD, ItemNames.TOKENS_VIRTUAL)) {
      tamper(counter, 1);
      assertEquals(Set.of(Kind.COUNTER), kinds(), counter);
      tamper(counter, -1);
    }
    assertEquals(List.of(), differences());
  }

  @Test
  void everyNumberOfARollUpIsHeldAgainstTheRecords() {
    history();
    int code = ModelCodes.codeFor("m", table.read(key), ModelCodes.MAX_NAMES);
    for (var counter : Counter.values()) {
      var name = new RollUpName(counter, Windows.dayOf(clock.instant()), code).toString();
      if (counter != Counter.FLUSHED) {
        tamper(name, 1);
        assertEquals(Set.of(Kind.ROLL_UP), kinds(), counter.name());
        tamper(name, -1);
      }
    }
    assertEquals(List.of(), differences());
  }

  @Test
  void aDaysRowThatIsOffIsNamed() {
    history();
    rows.putIfAbsent(new DayRow(tenant, 0, DAY, "m", 5, new UsageTotals(0, 1, 0, 0, 0, 0)));
    var found = differences();
    assertEquals(1, found.size());
    assertEquals(
        tenant.value() + ": day's row off: 2026-11-29 m: prompt tokens counted 81, recorded 80",
        found.getFirst().toString());
  }

  @Test
  void anEntryIsOverdueTwoRunsAfterItsDeadline() {
    history();
    clock.advance(DEADLINE.plus(TWO_RUNS));
    assertEquals(List.of(), differences());
    clock.advance(Duration.ofSeconds(1));
    assertEquals(Set.of(Kind.OVERDUE), kinds());
    reconcile();
    assertEquals(List.of(), differences());
  }

  @Test
  void whatIsGoneAtTheSecondLookIsNoDifference() {
    history();
    tamper(ItemNames.ENTRIES, 1);
    Pause putRight = _ -> tamper(ItemNames.ENTRIES, -1);
    assertEquals(List.of(), audit(records, clock, putRight).differences(tenant));
  }

  @Test
  void aRecordWhoseEntryIsInFlightIsNotCountedYet() {
    var reservation = granted("m", 400);
    records.decide(
        UsageRecordFactory.call(reservation, Calls.used(123), Calls.FACTS, clock.instant()));
    clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(), differences());
    settle(reservation, 123);
    assertEquals(List.of(), differences());
  }

  @Test
  void aCorrectionWhoseEntryIsInFlightIsNotCountedYet() {
    called("m", 100);
    var correction =
        Correction.byOperator(
            written().getFirst(),
            new UsageTotals(0, 9, 0, 0, 9, 0),
            clock.instant(),
            "the provider said so");
    long seconds = clock.instant().getEpochSecond();
    int day = Windows.dayOf(clock.instant());
    int model = ModelCodes.codeFor("m", table.read(key), ModelCodes.MAX_NAMES);
    var entry = new ReservationEntry(3, 0, 0, 0, seconds, 60, day, model, 500);
    long nanos = Buckets.nanosOf(clock.instant());
    var seen = table.read(key);
    table.update(
        key, EntryWrite.begin(correction.key().id(), entry, "m", 100, seen, nanos).build());
    records.decide(
        UsageRecordFactory.correction(correction, entry, Optional.empty(), clock.instant()));
    clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(), differences());
    clock.advance(DEADLINE);
    reconcile();
    assertEquals(List.of(), differences());
  }

  @Test
  void aLedgerIsCleanWhileCallsGoOn() throws Exception {
    var time = InstantSource.system();
    var traffic = new AtomicInteger(4);
    var workers = new ArrayList<Callable<Integer>>();
    for (int caller = 0; caller < 4; caller++) {
      var own = new Random(caller);
      workers.add(() -> {
        try {
          return callAway(own, time);
        } finally {
          traffic.decrementAndGet();
        }
      });
    }
    workers.add(() -> {
      int audits = 0;
      while (traffic.get() > 0) {
        assertEquals(List.of(), audit(records, time, Pause.SLEEP).differences(tenant));
        audits++;
      }
      return audits;
    });
    together(workers);
    assertEquals(List.of(), audit(records, time, Pause.SLEEP).differences(tenant));
    tamper(ItemNames.dayTokens(Windows.dayOf(time.instant())), 1);
    assertEquals(
        Set.of(Kind.COUNTER), kinds(audit(records, time, Pause.SLEEP).differences(tenant)));
  }

  private int callAway(Random own, InstantSource time) {
    var mine = ledger(StoreTime.trusted(time), Pause.SLEEP);
    int admitted = 0;
    for (int call = 0; call < 150; call++) {
      var now = time.instant();
      var claim =
          Calls.claim(
              own,
              tenant,
              Calls.limits().quota(),
              "model-" + own.nextInt(2),
              1 + own.nextInt(500),
              now.plusSeconds(20));
      if (mine.admit(claim) instanceof Granted(Reservation reservation, _, _)) {
        admitted++;
        var used = Calls.used(own.nextLong(reservation.entry().tokens() + 1));
        mine.settle(reservation, used, Calls.FACTS, now.plusSeconds(20));
      }
    }
    return admitted;
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

  /** Records of which some cannot be read any more. */
  private record Hiding(UsageRecords records, Predicate<UsageRecord> hidden)
      implements UsageRecords {
    @Override
    public Decision decide(UsageRecord record) {
      return records.decide(record);
    }

    @Override
    public Optional<UsageRecord> find(UsageRecord.Key key) {
      return records.find(key);
    }

    @Override
    public void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader) {
      records.forEach(
          tenant,
          from,
          to,
          record -> {
            if (!hidden.test(record)) {
              reader.accept(record);
            }
          });
    }
  }

  // ---- end users

  private static final EndUser ANN = new EndUser("ann");

  private QuotaKey ann() {
    return QuotaKey.of(tenant, ANN);
  }

  private Reservation grantedTo(EndUser endUser, long tokens) {
    var claim = Calls.claim(random, tenant, NO_LIMIT, "m", tokens, clock.instant().plusSeconds(10));
    var admission = ledger.admit(Calls.of(claim, endUser, Calls.tier(NO_LIMIT)));
    return assertInstanceOf(Granted.class, admission).reservation();
  }

  private List<AuditDifference> endUserDifferences() {
    return audit(records, clock, clock).endUserDifferences(tenant);
  }

  /** Calls of two end users on two days, corrected, dead and in flight. */
  private void historyOfEndUsers() {
    history();
    settle(grantedTo(ANN, 100), 40);
    settle(grantedTo(new EndUser("bob"), 100), 60);
    grantedTo(ANN, 70);
    clock.advance(DEADLINE);
    reconcile();
    clock.advance(Duration.ofHours(24));
    settle(grantedTo(ANN, 100), 30);
    correct(written().getLast(), -7);
    correct(written().getFirst(), -7);
    grantedTo(ANN, 90);
  }

  @Test
  void aCleanHistoryOfEndUsersIsCleanAtBothLevels() {
    historyOfEndUsers();
    assertEquals(List.of(), differences());
    assertEquals(List.of(), endUserDifferences());
    clock.advance(Duration.ofSeconds(10));
    assertEquals(List.of(), endUserDifferences());
  }

  @Test
  void anEndUsersCountersAreHeldAgainstTheRecords() {
    historyOfEndUsers();
    clock.advance(Duration.ofSeconds(10));
    int day = Windows.dayOf(clock.instant());
    for (var name :
        List.of(
            ItemNames.dayTokens(day),
            ItemNames.monthMicroUsd(Windows.monthOf(day)),
            ItemNames.ENTRIES,
            ItemNames.TOKENS_HELD)) {
      tamper(ann(), name, 1);
      var found = endUserDifferences();
      assertEquals(Set.of(Kind.COUNTER), kinds(found), name);
      assertTrue(found.getFirst().subject().contains(ann().endUser().orElseThrow().toString()));
      tamper(ann(), name, -1);
    }
    assertEquals(List.of(), endUserDifferences());
    assertEquals(List.of(), differences());
  }

  @Test
  void anEntryThatWasLeftAtAnEndUserIsListedApart() {
    historyOfEndUsers();
    long now = clock.instant().getEpochSecond();
    var entry = new ReservationEntry(1, 5, 5, 0, now, 90, Windows.dayOf(clock.instant()), 0, 7);
    table.update(ann(), EntryWrite.beginAtEndUser("leftleftleft", entry, Optional.empty()).build());
    assertEquals(List.of(), endUserDifferences());
    clock.advance(DEADLINE.plus(TWO_RUNS).plusSeconds(1));
    assertEquals(Set.of(Kind.LEFT_AT_END_USER), kinds(endUserDifferences()));
    assertEquals(Set.of(Kind.OVERDUE), kinds());
    settle(grantedTo(ANN, 10), 10);
    assertEquals(List.of(), endUserDifferences());
  }

  @Test
  void anEndUsersItemThatHasExpiredIsNoDifference() {
    settle(grantedTo(ANN, 100), 40);
    var item = table.read(ann());
    var gone = new ItemUpdate.Builder();
    item.attributes().keySet().forEach(gone::remove);
    table.update(ann(), gone.build());
    assertEquals(List.of(), endUserDifferences());
    assertEquals(List.of(), differences());
  }

  private void forgetAnn() {
    var write = EndUserWrite.forget(clock.instant());
    assertTrue(EndUserWrite.write(table, ann(), write).isPresent());
  }

  @Test
  void anEndUserWhoWasForgottenBeginsAnewAndDoesNotDiffer() {
    settle(grantedTo(ANN, 100), 40);
    var inFlight = grantedTo(ANN, 10);
    clock.advance(Duration.ofMinutes(2));
    forgetAnn();
    assertEquals(List.of(), endUserDifferences());
    settle(inFlight, 10);
    clock.advance(Duration.ofMinutes(2));
    settle(grantedTo(ANN, 100), 30);
    clock.advance(Duration.ofSeconds(10));
    assertEquals(List.of(), endUserDifferences());
    var calls = written();
    correct(calls.getFirst(), -7);
    correct(calls.getLast(), -8);
    assertEquals(22, table.read(ann()).number(dayOfAnn()));
    clock.advance(Duration.ofSeconds(10));
    assertEquals(List.of(), endUserDifferences());
    assertEquals(List.of(), differences());
    tamper(ann(), dayOfAnn(), 1);
    assertEquals(Set.of(Kind.COUNTER), kinds(endUserDifferences()));
  }

  @Test
  void aCallThatBeganWhenItsEndUserWasForgottenMayBeCountedOrNot() {
    settle(grantedTo(ANN, 100), 40);
    forgetAnn();
    settle(grantedTo(ANN, 100), 30);
    clock.advance(Duration.ofMinutes(5));
    settle(grantedTo(ANN, 100), 20);
    clock.advance(Duration.ofSeconds(10));
    assertEquals(List.of(), endUserDifferences());
    tamper(ann(), dayOfAnn(), 41);
    assertEquals(Set.of(Kind.COUNTER), kinds(endUserDifferences()));
    tamper(ann(), dayOfAnn(), -41 - 31);
    assertEquals(Set.of(Kind.COUNTER), kinds(endUserDifferences()));
  }

  private String dayOfAnn() {
    return ItemNames.dayTokens(Windows.dayOf(clock.instant()));
  }
}
