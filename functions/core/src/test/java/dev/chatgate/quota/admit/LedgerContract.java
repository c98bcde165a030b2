package dev.chatgate.quota.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.RequestId;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Admission.Refused;
import dev.chatgate.quota.Admission.Unavailable;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.OneTenant;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Refusal.Kind;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement.Progress;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.CheckedTable;
import dev.chatgate.quota.item.DailyTotals;
import dev.chatgate.quota.item.DatedTable;
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
import dev.chatgate.quota.item.WriteUnits;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.StoreClock;
import dev.chatgate.time.StoreTime;
import dev.chatgate.time.TestClock;
import dev.chatgate.time.ThreadClock;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.TokenCounts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store must do for the ledger, call by call. */
public abstract class LedgerContract {
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration NANO = Duration.ofNanos(1);

  /** A bucket that has been empty for longer is not extended from then. */
  private static final Duration OVERLAP = Duration.ofMillis(250);

  private final TestClock clock = new TestClock(NOON);
  private final Random random = new Random(1);
  private final TenantId tenant = new TenantId("calls-" + TENANTS.incrementAndGet());
  private final QuotaKey key = QuotaKey.of(tenant);
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final QuotaTable store;
  private final CheckedTable table;
  private final FaultyTable faulty;
  private final UsageRecords records;
  private final Ledger ledger;
  private final Settler reconciler;

  /**
   * @param store several tests may share what is behind it
   * @param records likewise
   */
  protected LedgerContract(QuotaTable store, UsageRecords records) {
    this.store = store;
    this.table = new CheckedTable(store);
    this.faulty = new FaultyTable(table, this::nextFault);
    this.records = records;
    this.ledger = ledger(Duration.ZERO);
    this.reconciler =
        new Settler(
            table,
            records,
            new LastSeenItems(1),
            new ThreadClock(clock, Duration.ZERO),
            random,
            clock);
  }

  private Fault nextFault() {
    return faults.isEmpty() ? Fault.NONE : faults.remove();
  }

  /** A ledger of another instance, which has seen nothing, with a clock that may be off. */
  private Ledger ledger(Duration skew) {
    return new QuotaLedger(
        faulty, records, new ThreadClock(clock, skew), random, clock, LedgerListener.NONE);
  }

  @AfterEach
  void everyStateWasRight() {
    table.verify(records);
  }

  // ---- short words

  private Claim claim(Quota quota, long tokens) {
    return Calls.claim(random, tenant, quota, tokens, clock.instant().plusSeconds(10));
  }

  private Reservation granted(Quota quota, long tokens) {
    return grantedBy(ledger, claim(quota, tokens)).reservation();
  }

  private static Granted grantedBy(Ledger ledger, Claim claim) {
    var admission = ledger.admit(claim);
    return assertInstanceOf(Granted.class, admission, () -> why(admission));
  }

  private static String why(Admission admission) {
    return admission instanceof Unavailable(RuntimeException cause, int _)
        ? cause + ", by " + cause.getCause()
        : admission.toString();
  }

  private Refusal refused(Quota quota, long tokens) {
    return assertInstanceOf(Refused.class, ledger.admit(claim(quota, tokens))).refusal();
  }

  private void settled(Reservation reservation, long tokens) {
    assertEquals(Progress.APPLIED, settle(reservation, Calls.used(tokens)));
  }

  private Progress settle(Reservation reservation, Consumption consumption) {
    return ledger
        .settle(reservation, consumption, Calls.FACTS, clock.instant().plusSeconds(10))
        .progress();
  }

  private List<UsageRecord> written() {
    var found = new ArrayList<UsageRecord>();
    records.forEach(tenant, Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"), found::add);
    return found;
  }

  private UsageRecord onlyRecord() {
    assertEquals(1, written().size());
    return written().getFirst();
  }

  private QuotaItem item() {
    return table.read(key);
  }

  private long usedToday() {
    return item().number(ItemNames.dayTokens(Windows.dayOf(clock.instant())));
  }

  private int calls() {
    return table.callsSinceLastTime();
  }

  private Optional<UsageRecord> expire(Reservation reservation) {
    clock.set(reservation.deadline().plusSeconds(1));
    var id = reservation.requestId().reservationId();
    var entry = item().entry(id);
    return entry.flatMap(
        found -> reconciler.expire(key, id, found, "m", clock.instant().plusSeconds(5)));
  }

  // ---- holding and charging

  @Test
  void aCallIsHeldThenCharged() {
    var reservation = granted(Calls.limits().tokensPerDay(1000).quota(), 400);
    assertEquals(400, usedToday());
    settled(reservation, 150);
    assertEquals(150, usedToday());
    assertTrue(item().entries().isEmpty());
    assertEquals(150, onlyRecord().charged().tokens());
  }

  @Test
  void settlingAgainHasNoEffect() {
    var reservation = granted(Calls.limits().tokensPerDay(1000).quota(), 400);
    settled(reservation, 150);
    var before = item();
    settled(reservation, 300);
    assertEquals(before, item());
    assertEquals(150, onlyRecord().charged().tokens());
  }

  @Test
  void aTenantWithoutLimitsIsCountedAllTheSame() {
    settled(granted(Quota.UNLIMITED, 400), 150);
    assertEquals(150, usedToday());
    assertEquals(0, item().number(ItemNames.TOKENS_TAT) - Buckets.nanosOf(clock.instant()));
  }

  @Test
  void theRecordKeepsWhatIsKnown() {
    var reservation = granted(Calls.limits().tokensPerDay(1000).quota(), 400);
    settled(reservation, 150);
    var record = onlyRecord();
    var call = record.call().orElseThrow();
    assertEquals(reservation.requestId().value(), call.requestId());
    assertEquals("{\"total_tokens\":150}", call.rawUsage().orElseThrow());
    assertEquals(Calls.FACTS, call.facts());
    assertEquals(200, call.promptEstimate());
    assertEquals(Calls.PRICE.tiers().getFirst(), call.price().orElseThrow().tier());
    assertEquals(150, record.charged().microUsd());
    assertEquals(400, record.reservedMicroUsd());
    assertEquals(7, record.keyCode());
    assertEquals("m", record.model());
    assertEquals(Optional.of(record), records.find(record.key()));
  }

  @Test
  void aCallThatTheProviderNeverWorkedForCostsNothingButCounts() {
    var reservation = granted(Calls.limits().tokensPerDay(1000).quota(), 400);
    assertEquals(Progress.APPLIED, settle(reservation, new Consumption.Nothing()));
    assertEquals(0, usedToday());
    assertEquals(1, onlyRecord().charged().calls());
    assertEquals(1, item().rollUps().getFirst().tally().calls());
  }

  @Test
  void usageAboveTheReserveIsChargedInFullAndFlagged() {
    var quota = Calls.limits().tokensPerDay(1000).tokensPerMinute(1000).quota();
    settled(granted(quota, 400), 1_300);
    assertEquals(1_300, usedToday());
    assertTrue(onlyRecord().overrun());
    assertEquals(Kind.SPENT, refused(quota, 1).kind());
    var perMinute = Calls.limits().tokensPerMinute(1000).quota();
    var refusal = refused(perMinute, 1_000);
    assertEquals(Duration.ofSeconds(78), wholeSeconds(refusal));
  }

  private static Duration wholeSeconds(Refusal refusal) {
    return Duration.ofSeconds(
        Math.ceilDiv(refusal.retryAfter().orElseThrow().toNanos(), 1_000_000_000L));
  }

  @Test
  void absurdUsageIsBoundedAndOverflowsNothing() {
    var reservation = granted(Calls.limits().tokensPerMinute(1000).quota(), 400);
    var absurd = new TokenCounts(Long.MAX_VALUE / 4, 0, Long.MAX_VALUE / 4);
    assertEquals(Progress.APPLIED, settle(reservation, new Consumption.Measured(absurd, "{}")));
    assertEquals(2 * ReservationEntry.MAX, usedToday());
  }

  @Test
  void twoModelsWhoseNamesCollideAreCountedApart() {
    assertEquals("Aa".hashCode(), "BB".hashCode());
    for (var model : List.of("Aa", "BB", "Aa")) {
      var giveUpAt = clock.instant().plusSeconds(10);
      var claim = Calls.claim(random, tenant, Quota.UNLIMITED, model, 10, giveUpAt);
      settled(grantedBy(ledger(Duration.ZERO), claim).reservation(), 10);
    }
    var callsByModel =
        item().rollUps().stream().map(r -> r.model() + r.tally().calls()).sorted().toList();
    assertEquals(List.of("Aa2", "BB1"), callsByModel);
  }

  // ---- names of models

  private static final int MAX_BYTES_AT_REST = 40 * 1024;
  private static final int MADE_UP_NAMES = 3_000;

  private Claim claimOf(String model) {
    var giveUpAt = clock.instant().plusSeconds(10);
    return Calls.claim(random, tenant, Quota.UNLIMITED, model, 10, giveUpAt);
  }

  private Claim madeUp(String model) {
    return Calls.unpriced(claimOf(model));
  }

  private void reconcile() {
    var time = new ThreadClock(clock, Duration.ZERO);
    new Reconciler(new OneTenant(table, key), records, new MemoryDayRows(), time, random, clock)
        .run(clock.instant().plusSeconds(10));
  }

  private static String nameOf200(int number) {
    return "made-up-%04d-".formatted(number) + "x".repeat(187);
  }

  /** Straight to the store: to keep each of some thousand large states takes too much memory. */
  private QuotaLedger unchecked() {
    return new QuotaLedger(store, records, clock, random, clock, LedgerListener.NONE);
  }

  private Progress settle(QuotaLedger by, Reservation reservation) {
    return by.settle(reservation, Calls.used(10), Calls.FACTS, clock.instant().plusSeconds(10))
        .progress();
  }

  private int bytes() {
    return WriteUnits.bytesOf(key, item());
  }

  private long namesKept() {
    return item().models().values().stream().filter(name -> !name.equals("(other)")).count();
  }

  /** The roll-ups of the item are the sums of the records, by day and model. */
  private void assertCountersAreRecords() {
    var counted = new TreeMap<DayAndModel, UsageTotals>();
    for (var rollUp : item().rollUps()) {
      var day = LocalDate.ofEpochDay(rollUp.epochDay());
      counted.merge(new DayAndModel(day, rollUp.model()), rollUp.tally(), UsageTotals::plus);
    }
    var recorded = new TreeMap<DayAndModel, UsageTotals>();
    for (var record : written()) {
      var key = new DayAndModel(record.day(), record.model());
      recorded.merge(key, record.charged(), UsageTotals::plus);
    }
    recorded.values().removeIf(UsageTotals.ZERO::equals);
    counted.values().removeIf(UsageTotals.ZERO::equals);
    assertEquals(recorded, counted);
  }

  @Test
  void thousandsOfMadeUpNamesFillNeitherTheItemNorShutOutAKnownModel() {
    var warm = unchecked();
    int largest = 0;
    for (int number = 0; number < MADE_UP_NAMES; number++) {
      // Some instances start anew, and know nothing of the item.
      var instance = number % 50 == 49 ? unchecked() : warm;
      var reservation = grantedBy(instance, madeUp(nameOf200(number))).reservation();
      assertEquals(Progress.APPLIED, settle(instance, reservation));
      largest = number % 500 == 0 ? Math.max(largest, bytes()) : largest;
    }
    largest = Math.max(largest, bytes());
    assertTrue(largest <= MAX_BYTES_AT_REST, largest + " bytes");
    assertTrue(namesKept() <= ModelCodes.MAX_NAMES, namesKept() + " names");
    for (var known : List.of(claimOf("known-model"), claimOf(nameOf200(MADE_UP_NAMES)))) {
      var reservation = grantedBy(warm, known).reservation();
      assertEquals(Progress.APPLIED, settle(warm, reservation));
      assertTrue(item().models().containsValue(known.model()), "a priced name has its own line");
    }
    assertEquals(MADE_UP_NAMES + 2, written().size());
    assertCountersAreRecords();
  }

  @Test
  void hundredsOfMadeUpNamesInFlightAtOnceLeaveRoom() {
    int inFlight = 300;
    var held = new ArrayList<Reservation>();
    var instances = new ArrayList<QuotaLedger>();
    for (int number = 0; number < inFlight; number++) {
      var instance = unchecked();
      instances.add(instance);
      held.add(grantedBy(instance, madeUp(nameOf200(number))).reservation());
    }
    int entries = inFlight * (RequestId.RESERVATION_ID_LENGTH + ReservationEntry.BYTES);
    assertTrue(bytes() <= MAX_BYTES_AT_REST + entries, bytes() + " bytes");
    assertTrue(namesKept() <= ModelCodes.MAX_NAMES, namesKept() + " names");
    var warm = unchecked();
    settle(warm, grantedBy(warm, claimOf("known-model")).reservation());
    for (int number = 0; number < inFlight; number++) {
      assertEquals(Progress.APPLIED, settle(instances.get(number), held.get(number)));
    }
    assertTrue(bytes() <= MAX_BYTES_AT_REST, bytes() + " bytes");
    assertCountersAreRecords();
  }

  @Test
  void configuredNamesAreBoundedToo() {
    var warm = unchecked();
    for (int number = 0; number < ModelCodes.MAX_NAMES_WITH_CONFIGURED + 10; number++) {
      settle(warm, grantedBy(warm, claimOf("priced-" + number)).reservation());
    }
    assertEquals(ModelCodes.MAX_NAMES_WITH_CONFIGURED, namesKept());
    assertEquals(10, callsOf("(other)"));
    assertCountersAreRecords();
  }

  private long callsOf(String model) {
    return item().rollUps().stream()
        .filter(rollUp -> rollUp.model().equals(model))
        .mapToLong(rollUp -> rollUp.tally().calls())
        .sum();
  }

  @Test
  void aNameThatIsThereIsUsedHoweverFullTheItemIs() {
    for (int number = 0; number <= ModelCodes.MAX_NAMES; number++) {
      settled(grantedBy(ledger, madeUp("name-" + number)).reservation(), 10);
    }
    assertEquals(1, callsOf("(other)"));
    settled(grantedBy(ledger, madeUp("name-7")).reservation(), 10);
    settled(grantedBy(ledger(Duration.ZERO), madeUp("name-7")).reservation(), 10);
    assertEquals(3, callsOf("name-7"));
    assertEquals(1, callsOf("(other)"));
    assertCountersAreRecords();
  }

  @Test
  void instancesThatKnowNothingDoNotUseUpTheRoomForNames() {
    for (int start = 0; start < ModelCodes.MAX_NAMES; start++) {
      settled(grantedBy(ledger(Duration.ZERO), madeUp("same")).reservation(), 10);
    }
    calls();
    settled(grantedBy(ledger(Duration.ZERO), madeUp("same")).reservation(), 10);
    assertEquals(3, calls(), "the first attempt finds the count full");
    settled(grantedBy(ledger, madeUp("new")).reservation(), 10);
    assertEquals(1, callsOf("new"));
    assertEquals(2, item().number(ItemNames.NAMES), "counted anew");
  }

  @Test
  void aMadeUpNameThatTheProviderDoesNotKnowIsNotCountedUnderIt() {
    var claim = madeUp("no-such-model");
    refusedByProvider(grantedBy(ledger, claim).reservation(), 404);
    assertEquals("(other)", onlyRecord().model());
    assertEquals(1, callsOf("(other)"));
    assertEquals(0, callsOf("no-such-model"));
    assertCountersAreRecords();
  }

  @Test
  void aConfiguredNameAndAnotherRefusalKeepTheirLine() {
    refusedByProvider(grantedBy(ledger, claimOf("priced")).reservation(), 404);
    refusedByProvider(grantedBy(ledger, madeUp("plain")).reservation(), 400);
    assertEquals(1, callsOf("priced"));
    assertEquals(1, callsOf("plain"));
    assertCountersAreRecords();
  }

  private void refusedByProvider(Reservation reservation, int status) {
    var settlement =
        ledger.settle(
            reservation,
            new Consumption.Nothing(),
            Calls.refused(status),
            clock.instant().plusSeconds(10));
    assertEquals(Progress.APPLIED, settlement.progress());
  }

  @Test
  void aTenantThatSendsTheNameOfAllOthersIsCountedThere() {
    settled(grantedBy(ledger, madeUp("(other)")).reservation(), 10);
    settled(grantedBy(ledger, claimOf("(other)")).reservation(), 10);
    assertEquals(2, callsOf("(other)"));
    assertEquals(0, namesKept());
    assertEquals(List.of(ModelCodes.OTHER_CODE), List.copyOf(item().models().keySet()));
    assertCountersAreRecords();
  }

  @Test
  void aCallWithoutANameOfItsOwnThatDiesIsCountedUnderAllOthers() {
    for (int number = 0; number < ModelCodes.MAX_NAMES; number++) {
      settled(grantedBy(ledger, madeUp("name-" + number)).reservation(), 10);
    }
    var dead = grantedBy(ledger, madeUp("one-too-many")).reservation();
    clock.set(dead.deadline().plusSeconds(1));
    reconcile();
    assertEquals(1, callsOf("(other)"));
    assertCountersAreRecords();
  }

  @Test
  void theCorrectionOfANameThatHasNoRoomCountsUnderAllOthers() {
    settled(grantedBy(ledger, madeUp("corrected")).reservation(), 10);
    var corrected = onlyRecord();
    clock.advance(Duration.ofDays(1));
    for (int number = 0; number < ModelCodes.MAX_NAMES_WITH_CONFIGURED - 1; number++) {
      settled(grantedBy(ledger, claimOf("priced-" + number)).reservation(), 10);
    }
    reconcile();
    settled(grantedBy(ledger(Duration.ZERO), claimOf("one-more")).reservation(), 10);
    var difference = new UsageTotals(0, 5, 0, 0, 5, 0);
    var correction = Correction.byOperator(corrected, difference, clock.instant(), "why");
    assertTrue(reconciler.correct(correction, clock.instant().plusSeconds(10)));
    var made =
        written().stream().filter(record -> record.corrected().isPresent()).toList().getFirst();
    assertEquals("(other)", made.model());
    int today = Windows.dayOf(clock.instant());
    var other =
        item().rollUps().stream()
            .filter(rollUp -> rollUp.epochDay() == today && rollUp.model().equals("(other)"))
            .toList();
    assertEquals(5, other.getFirst().tally().prompt());
  }

  @Test
  void aLongNameIsNotCutWithinACharacter() {
    var emoji = new String(Character.toChars(0x1F600));
    for (var name : List.of("a".repeat(199) + emoji, "a".repeat(198) + emoji + "b")) {
      settled(grantedBy(ledger, madeUp(name)).reservation(), 10);
    }
    var kept = item().rollUps().stream().map(DailyTotals::model).sorted().toList();
    assertEquals(List.of("a".repeat(199), "a".repeat(198) + emoji), kept);
    assertCountersAreRecords();
  }

  @Test
  void aNameOfAnyLengthMakesARecordThatTheStoreTakes() {
    var name = "m".repeat(420_000);
    var reservation = grantedBy(ledger, madeUp(name)).reservation();
    var facts =
        new CallFacts(404, Optional.empty(), false, 0, name, Optional.empty(), Duration.ZERO);
    var settlement =
        ledger.settle(reservation, Calls.used(10), facts, clock.instant().plusSeconds(10));
    assertEquals(Progress.APPLIED, settlement.progress());
    assertEquals(1_024, onlyRecord().call().orElseThrow().facts().upstreamModel().length());
    assertEquals(200, item().models().getOrDefault(reservation.entry().modelCode(), "").length());
  }

  // ---- every limit

  static Stream<Quota> blockedQuotas() {
    return Stream.of(
        Calls.limits().requestsPerMinute(0).quota(),
        Calls.limits().tokensPerMinute(0).quota(),
        Calls.limits().tokensPerDay(0).quota(),
        Calls.limits().tokensPerMonth(0).quota(),
        Calls.limits().microUsdPerMonth(0).quota(),
        Calls.limits().concurrent(0).quota());
  }

  @ParameterizedTest
  @MethodSource("blockedQuotas")
  void zeroBlocksWithoutALookAtTheStore(Quota quota) {
    var refusal = refused(quota, 1);
    assertEquals(Kind.BLOCKED, refusal.kind());
    assertEquals(OptionalLong.empty(), refusal.largestMaxTokens());
    assertEquals(Optional.empty(), refusal.retryAfter());
    assertEquals(0, calls());
  }

  /** No smaller call fits either, so that this is what the caller must know. */
  @Test
  void aLimitOfZeroIsNamedBeforeOneThatIsTooSmall() {
    var quota = Calls.limits().tokensPerMinute(1).requestsPerMinute(0).quota();
    var refusal = refused(quota, 1_000);
    assertEquals(Limits.REQUESTS_PER_MINUTE, refusal.limit());
    assertEquals(Kind.BLOCKED, refusal.kind());
  }

  @Test
  void aReserveThatNoLimitCanEverHoldNamesTheLargestThatFits() {
    var quota = Calls.limits().tokensPerMinute(900).tokensPerDay(800).quota();
    var refusal = refused(quota, 1_000);
    assertEquals(Limits.TOKENS_PER_DAY, refusal.limit());
    assertEquals(Kind.NEVER_FITS, refusal.kind());
    assertEquals(1_000, refusal.requested());
    assertEquals(800, refusal.allowed());
    assertEquals(OptionalLong.of(300), refusal.largestMaxTokens());
    assertEquals(0, calls());
    settled(granted(quota, 800), 1);
  }

  @Test
  void theLargestThatFitsIsKnownForMoneyToo() {
    var quota = Calls.limits().microUsdPerMonth(700).quota();
    assertEquals(OptionalLong.of(200), refused(quota, 1_000).largestMaxTokens());
    assertEquals(OptionalLong.empty(), refused(quota, 1_400).largestMaxTokens());
  }

  @Test
  void theLastTokenOfADayIsGrantedAndTheNextRefused() {
    var quota = Calls.limits().tokensPerDay(1000).quota();
    settled(granted(quota, 600), 600);
    var inFlight = granted(quota, 400);
    var refusal = refused(quota, 1);
    assertEquals(Limits.TOKENS_PER_DAY, refusal.limit());
    assertEquals(Kind.WAIT, refusal.kind());
    assertEquals(600, refusal.settled());
    assertEquals(400, refusal.inFlight());
    assertEquals(Duration.ofSeconds(1), refusal.retryAfter().orElseThrow());
    settled(inFlight, 400);
    assertEquals(Kind.SPENT, refused(quota, 1).kind());
    clock.advance(Duration.ofHours(12));
    settled(granted(quota, 1000), 1000);
  }

  static Stream<Quota> spentQuotas() {
    return Stream.of(
        Calls.limits().tokensPerDay(1000).quota(),
        Calls.limits().tokensPerMonth(1000).quota(),
        Calls.limits().microUsdPerMonth(1000).quota(),
        Calls.limits().tokensPerDay(1000).tokensPerMonth(1000).microUsdPerMonth(1000).quota());
  }

  @ParameterizedTest
  @MethodSource("spentQuotas")
  void aSpentLimitFreesWhenItsWindowEnds(Quota quota) {
    settled(granted(quota, 1000), 1000);
    var refusal = refused(quota, 1);
    assertEquals(Kind.SPENT, refusal.kind());
    assertEquals(1000, refusal.settled());
    assertEquals(0, refusal.inFlight());
    var freesAt = refusal.freesAt().orElseThrow();
    assertEquals(Duration.between(clock.instant(), freesAt), refusal.retryAfter().orElseThrow());
    clock.set(freesAt.minus(NANO));
    assertEquals(Kind.SPENT, refused(quota, 1).kind());
    clock.set(freesAt);
    granted(quota, 1000);
  }

  @Test
  void theStoreIsNotNeededForARefusalThatIsKnown() {
    var quota = Calls.limits().tokensPerDay(1000).quota();
    assertFalse(ledger.needsStore(claim(quota, 1001)), "it never fits");
    settled(granted(quota, 1000), 1000);
    assertTrue(ledger.needsStore(claim(quota, 1)), "not known yet");
    assertEquals(Kind.SPENT, refused(quota, 1).kind());
    assertFalse(ledger.needsStore(claim(quota, 1)));
    clock.advance(QuotaLedger.SPENT_MEMORY);
    assertTrue(ledger.needsStore(claim(quota, 1)), "forgotten");
  }

  @Test
  void concurrencyCountsWhatIsInFlight() {
    var quota = Calls.limits().concurrent(2).quota();
    var first = granted(quota, 1);
    granted(quota, 1);
    var refusal = refused(quota, 1);
    assertEquals(Limits.CONCURRENT_REQUESTS, refusal.limit());
    assertEquals(Kind.WAIT, refusal.kind());
    assertEquals(2, refusal.inFlight());
    assertEquals(Duration.ofSeconds(1), refusal.retryAfter().orElseThrow());
    settled(first, 1);
    granted(quota, 1);
  }

  @Test
  void requestsOfAMinuteFitExactlyAndTheNextWaitsExactly() {
    var quota = Calls.limits().requestsPerMinute(7).quota();
    for (int call = 0; call < 7; call++) {
      settled(granted(quota, 1), 0);
    }
    waitsExactly(quota, 1, Limits.REQUESTS_PER_MINUTE);
  }

  @Test
  void tokensOfAMinuteFitExactlyAndTheNextWaitsExactly() {
    var quota = Calls.limits().tokensPerMinute(100_000).quota();
    for (int call = 0; call < 40; call++) {
      settled(granted(quota, 2_499), 2_499);
    }
    settled(granted(quota, 40), 40);
    waitsExactly(quota, 777, Limits.TOKENS_PER_MINUTE);
  }

  @Test
  void aBucketThatWasEmptyForAMomentIsExtendedAndOneThatWasEmptyLongerBeginsAnew() {
    var quota = Calls.limits().requestsPerMinute(6).tokensPerMinute(1_000).quota();
    var moment = Duration.ofMillis(20);
    settled(granted(quota, 500), 500);
    clock.advance(Duration.ofSeconds(30).plus(moment));
    settled(granted(quota, 500), 500);
    assertEquals(List.of(tenSeconds(), Duration.ofSeconds(30).minus(moment)), resets(quota));
    clock.advance(tenSeconds().plus(moment));
    settled(granted(quota, 1), 0);
    assertEquals(tenSeconds().minus(moment), resets(quota).getFirst());
    clock.advance(tenSeconds().plus(OVERLAP));
    settled(granted(quota, 1), 0);
    assertEquals(tenSeconds(), resets(quota).getFirst());
  }

  private static Duration tenSeconds() {
    return Duration.ofSeconds(10);
  }

  /** When the buckets will be empty. */
  private List<Duration> resets(Quota quota) {
    return Limits.ALL.rateLimits(quota, item(), clock.instant()).buckets().stream()
        .map(RateLimits.Bucket::reset)
        .toList();
  }

  @Test
  void instancesThatSawTheSameStateTakeOneWriteEach() {
    var quota = Calls.limits().requestsPerMinute(60_000).tokensPerMinute(6_000_000).quota();
    var other = ledger(Duration.ZERO);
    settleBy(other, grantedBy(other, claim(quota, 100)).reservation());
    settled(granted(quota, 100), 100);
    for (var pause : List.of(Duration.ofMillis(10), Duration.ofMillis(20))) {
      clock.advance(pause);
      calls();
      var first = granted(quota, 100);
      var second = grantedBy(other, claim(quota, 100)).reservation();
      assertEquals(2, calls());
      settled(first, 100);
      settleBy(other, second);
      assertEquals(2, calls());
    }
  }

  private void settleBy(Ledger instance, Reservation reservation) {
    instance.settle(reservation, Calls.used(100), Calls.FACTS, clock.instant().plusSeconds(10));
  }

  private void waitsExactly(Quota quota, long tokens, Limit limit) {
    var refusal = refused(quota, tokens);
    assertEquals(limit, refusal.limit());
    assertEquals(Kind.WAIT, refusal.kind());
    clock.advance(refusal.retryAfter().orElseThrow().minus(NANO));
    assertEquals(NANO, refused(quota, tokens).retryAfter().orElseThrow());
    clock.advance(NANO);
    settled(granted(quota, tokens), tokens);
  }

  @Test
  void whatIsHeldDoesNotDrainAndAnUnusedReserveGivesBackNothingThatTimeHasRefilled() {
    var quota = Calls.limits().tokensPerMinute(1_000).quota();
    var held = granted(quota, 1_000);
    clock.advance(Duration.ofSeconds(45));
    var refusal = refused(quota, 1);
    assertEquals(1_000, refusal.inFlight());
    assertEquals(Duration.ofSeconds(1), refusal.retryAfter().orElseThrow());
    settled(held, 0);
    settled(granted(quota, 1_000), 1_000);
    assertEquals(Duration.ofSeconds(60), wholeSeconds(refused(quota, 1_000)));
  }

  @Test
  void ofSeveralLimitsTheOneThatFreesLastIsNamed() {
    var quota = Calls.limits().requestsPerMinute(1).tokensPerMinute(60).concurrent(1).quota();
    granted(quota, 30);
    assertEquals(Limits.REQUESTS_PER_MINUTE, refused(quota, 31).limit());
    var withDay =
        Calls.limits().requestsPerMinute(1).tokensPerDay(100).tokensPerMonth(1_000).quota();
    var reservation = granted(Calls.limits().tokensPerDay(130).quota(), 100);
    settled(reservation, 100);
    var refusal = refused(withDay, 50);
    assertEquals(Limits.TOKENS_PER_DAY, refusal.limit());
    assertEquals(Kind.SPENT, refusal.kind());
  }

  @Test
  void inAnyCombinationOfLimitsAWaitAsToldIsEnough() {
    for (int combination = 0; combination < 24; combination++) {
      var quota = combined();
      for (int call = 0; call < 4; call++) {
        waitAsTold(quota, 1 + random.nextInt(100));
      }
    }
  }

  private Quota combined() {
    var limits = Calls.limits();
    if (random.nextBoolean()) {
      limits.requestsPerMinute(1 + random.nextInt(5));
    }
    if (random.nextBoolean()) {
      limits.tokensPerMinute(100 + random.nextInt(100));
    }
    if (random.nextBoolean()) {
      limits.tokensPerDay(200 + random.nextInt(100));
    }
    if (random.nextBoolean()) {
      limits.microUsdPerMonth(1_000 + random.nextInt(1_000));
    }
    return limits.concurrent(1 + random.nextInt(3)).quota();
  }

  private void waitAsTold(Quota quota, long tokens) {
    var admission = ledger.admit(claim(quota, tokens));
    if (admission instanceof Refused(Refusal refusal, _, _)) {
      clock.advance(refusal.retryAfter().orElseThrow());
      admission = ledger.admit(claim(quota, tokens));
    }
    settled(assertInstanceOf(Granted.class, admission).reservation(), random.nextLong(tokens + 1));
  }

  @Test
  void aLimitThatIsSetLoweredOrLiftedWhileACallIsInFlightLeavesTheCallAlone() {
    var before = granted(Quota.UNLIMITED, 500);
    var lowered = Calls.limits().tokensPerMinute(100).tokensPerDay(100).quota();
    assertEquals(Kind.WAIT, refused(lowered, 10).kind());
    var limited = granted(Calls.limits().tokensPerMinute(600).quota(), 600);
    settled(before, 50);
    settled(limited, 40);
    settled(granted(Quota.UNLIMITED, 10), 10);
    assertEquals(100, usedToday());
    assertEquals(0, item().number(ItemNames.TOKENS_HELD));
  }

  // ---- headers

  @Test
  void theRateLimitsTellWhereTheTenantStands() {
    var quota = Calls.limits().requestsPerMinute(60).tokensPerMinute(6_000).quota();
    var limits = grantedBy(ledger, claim(quota, 1_000)).rateLimits();
    assertEquals(
        List.of(
            new RateLimits.Bucket(Limits.REQUESTS_PER_MINUTE, 60, 59, Duration.ofSeconds(1)),
            new RateLimits.Bucket(Limits.TOKENS_PER_MINUTE, 6_000, 5_000, Duration.ofSeconds(10))),
        limits.buckets());
    var refused = assertInstanceOf(Refused.class, ledger.admit(claim(quota, 5_001)));
    assertEquals(limits, refused.rateLimits());
    var never = assertInstanceOf(Refused.class, ledger.admit(claim(quota, 6_001)));
    assertEquals(limits, never.rateLimits());
    var unknown = ledger(Duration.ZERO).admit(claim(quota, 6_001));
    assertEquals(RateLimits.NONE, assertInstanceOf(Refused.class, unknown).rateLimits());
  }

  // ---- days and months

  @Test
  void aCallOverMidnightBelongsToTheDayOfItsAdmission() {
    clock.set(Instant.parse("2026-11-30T23:59:59Z"));
    var quota = Calls.limits().tokensPerDay(1_000).tokensPerMonth(1_000).quota();
    var before = granted(quota, 800);
    clock.set(Instant.parse("2026-12-01T00:00:01Z"));
    var after = granted(quota, 900);
    settled(before, 700);
    assertEquals(900, usedToday());
    settled(after, 500);
    assertEquals(500, usedToday());
    var days = item().rollUps().stream().map(rollUp -> rollUp.tally().tokens()).toList();
    assertEquals(List.of(700L, 500L), days);
    var windows = item().attributes().keySet().stream().filter(LedgerContract::isWindow).count();
    assertEquals(3, windows, "old windows are gone: " + item());
  }

  private static boolean isWindow(String name) {
    return Stream.of('d', 'm', 'c').anyMatch(letter -> ItemNames.windowOf(letter, name) >= 0);
  }

  @Test
  void anInstanceWhoseClockIsBehindAdoptsTheItemsDay() {
    clock.set(Instant.parse("2026-11-30T23:59:58Z"));
    var quota = Calls.limits().tokensPerDay(1_000).quota();
    grantedBy(ledger(Duration.ofSeconds(3)), claim(quota, 600));
    calls();
    var refusal = refused(quota, 600);
    assertEquals(600, refusal.inFlight());
    assertEquals(2, calls());
    assertEquals(Instant.parse("2026-12-02T00:00:00Z"), refusal.freesAt().orElseThrow());
  }

  // ---- what it costs

  private void costs(int writes, long units, int bytesBefore, boolean indexMoved) {
    int bytes = WriteUnits.bytesOf(key, item());
    assertEquals(writes, calls(), "calls");
    assertEquals(
        units,
        WriteUnits.of(bytesBefore, bytes, indexMoved)
            + (writes - 1) * WriteUnits.of(bytesBefore, bytesBefore, false),
        "units at " + bytes + " bytes");
  }

  @Test
  void theUsualCallCostsOneUnitToAdmitAndOneToApply() {
    var quota =
        Calls.limits()
            .requestsPerMinute(600)
            .tokensPerMinute(10_000)
            .tokensPerDay(1_000_000)
            .tokensPerMonth(1_000_000)
            .microUsdPerMonth(1_000_000)
            .concurrent(10)
            .quota();
    var first = granted(quota, 100);
    costs(1, 2, 0, true);
    settled(first, 50);
    costs(1, 1, WriteUnits.bytesOf(key, item()), false);
    for (var later : List.of(Duration.ofMinutes(5), Duration.ofDays(1), Duration.ofDays(30))) {
      clock.advance(later);
      int before = WriteUnits.bytesOf(key, item());
      var reservation = granted(quota, 100);
      costs(1, 1, before, false);
      settled(reservation, 50);
      costs(1, 1, before, false);
    }
  }

  @Test
  void aWrongGuessCostsOneWriteMore() {
    var quota = Calls.limits().requestsPerMinute(6).tokensPerMinute(10_000).quota();
    settled(granted(quota, 100), 100);
    int before = WriteUnits.bytesOf(key, item());
    calls();
    var reservation = grantedBy(ledger(Duration.ZERO), claim(quota, 100)).reservation();
    costs(2, 2, before, false);
    ledger(Duration.ZERO)
        .settle(reservation, Calls.used(10), Calls.FACTS, clock.instant().plusSeconds(10));
    costs(2, 2, before, false);
  }

  @Test
  void aRefusalAndARepeatedSettlementCostOneWrite() {
    var quota = Calls.limits().concurrent(1).quota();
    var reservation = granted(quota, 100);
    int before = WriteUnits.bytesOf(key, item());
    calls();
    refused(quota, 100);
    costs(1, 1, before, false);
    settled(reservation, 10);
    calls();
    settled(reservation, 10);
    costs(1, 1, before, false);
  }

  @Test
  void anItemIsOneUnitUpToEighteenInFlightTwoFromTwentyFive() {
    for (int inFlight = 1; inFlight <= 25; inFlight++) {
      granted(Quota.UNLIMITED, 100);
      int bytes = WriteUnits.bytesOf(key, item());
      if (inFlight == 18) {
        assertEquals(1, WriteUnits.of(bytes, bytes, false), bytes + " bytes");
      }
    }
    int bytes = WriteUnits.bytesOf(key, item());
    assertEquals(2, WriteUnits.of(bytes, bytes, false), bytes + " bytes");
  }

  @Test
  void aSpentLimitIsRememberedForThreeSeconds() {
    var quota = Calls.limits().tokensPerDay(1_000).requestsPerMinute(60).quota();
    settled(granted(quota, 990), 990);
    refused(quota, 20);
    calls();
    var again = assertInstanceOf(Refused.class, ledger.admit(claim(quota, 30)));
    assertEquals(Kind.SPENT, again.refusal().kind());
    assertEquals(30, again.refusal().requested());
    assertEquals(Limits.REQUESTS_PER_MINUTE, again.rateLimits().buckets().getFirst().limit());
    assertEquals(0, calls());
    settled(granted(quota, 5), 0);
    refused(Calls.limits().tokensPerDay(1_001).quota(), 30);
    assertTrue(calls() >= 3, "a smaller reserve and another quota are looked at");
    clock.advance(Duration.ofSeconds(3));
    refused(quota, 20);
    assertEquals(1, calls());
  }

  // ---- lost answers, late landings, deaths

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"THROTTLED", "LOST_BEFORE", "LOST_AFTER"})
  void anAdmissionWhoseAnswerIsLostIsRepeatedAndHeldOnce(Fault fault) {
    faults.add(fault);
    var reservation = granted(Calls.limits().tokensPerDay(1_000).quota(), 400);
    assertEquals(fault == Fault.LOST_AFTER ? 1 : 2, reservation.entry().attempt());
    assertEquals(400, usedToday());
    settled(reservation, 100);
    assertEquals(100, usedToday());
    onlyRecord();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"THROTTLED", "LOST_BEFORE", "LOST_AFTER"})
  void anApplyingWhoseAnswerIsLostIsRepeatedAndCountsOnce(Fault fault) {
    var reservation = granted(Calls.limits().tokensPerDay(1_000).quota(), 400);
    faults.add(fault);
    settled(reservation, 100);
    assertEquals(100, usedToday());
    onlyRecord();
  }

  @Test
  void anAttemptThatLandsAfterItsCallWasSettledIsReleasedWhole() {
    faults.add(Fault.LATE);
    var reservation = granted(Calls.limits().tokensPerDay(1_000).quota(), 400);
    settled(reservation, 100);
    clock.advance(Duration.ofDays(1));
    assertTrue(faulty.landOne());
    assertEquals(1, item().entries().size());
    expire(reservation);
    assertTrue(item().entries().isEmpty());
    assertEquals(100, onlyRecord().charged().tokens());
    assertEquals(1, item().rollUps().getFirst().tally().calls());
  }

  @Test
  void aStoreThatIsAwayAdmitsNobodyAndHoldsNothing() {
    faults.addAll(List.of(Fault.LOST_BEFORE, Fault.LOST_BEFORE, Fault.LATE));
    faults.addAll(List.of(Fault.LOST_BEFORE, Fault.LOST_BEFORE));
    var quota = Calls.limits().tokensPerDay(1_000).quota();
    assertInstanceOf(Unavailable.class, ledger.admit(claim(quota, 400)));
    assertEquals(UsageRecord.Kind.RELEASED, onlyRecord().kind());
    assertFalse(onlyRecord().counts());
    assertTrue(faulty.landOne());
    var landed = item().entries().firstEntry();
    clock.set(landed.getValue().deadline());
    var giveUpAt = clock.instant().plusSeconds(5);
    reconciler.expire(key, landed.getKey(), landed.getValue(), "m", giveUpAt);
    assertEquals(0, usedToday());
    assertEquals(List.of(), item().rollUps());
  }

  @Test
  void anAdmissionThatLandedWithoutAnAnswerIsReleasedWhenTheCallIsGivenUp() {
    faults.addAll(List.of(Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.LOST_BEFORE));
    faults.addAll(List.of(Fault.LOST_BEFORE, Fault.LOST_BEFORE));
    var quota = Calls.limits().tokensPerDay(1_000).quota();
    assertInstanceOf(Unavailable.class, ledger.admit(claim(quota, 400)));
    assertTrue(item().entries().isEmpty());
    assertEquals(0, usedToday());
  }

  @Test
  void aRefusalAfterALostAnswerLeavesAMark() {
    var quota = Calls.limits().concurrent(1).quota();
    granted(quota, 10);
    faults.add(Fault.LATE);
    refused(quota, 10);
    assertEquals(UsageRecord.Kind.RELEASED, onlyRecord().kind());
  }

  @Test
  void aSettlementThatCannotBeAppliedInTimeIsRecorded() {
    var reservation = granted(Calls.limits().tokensPerDay(1_000).quota(), 400);
    for (int attempt = 0; attempt < 100; attempt++) {
      faults.add(Fault.LOST_BEFORE);
    }
    assertEquals(Progress.RECORDED, settle(reservation, Calls.used(100)));
    faults.clear();
    assertEquals(100, expire(reservation).orElseThrow().charged().tokens());
    assertEquals(100, usedToday());
    onlyRecord();
  }

  @Test
  void aCallThatDiedIsChargedItsReserve() {
    var quota = Calls.limits().tokensPerDay(1_000).tokensPerMinute(1_000).quota();
    var reservation = granted(quota, 400);
    var orphan = expire(reservation).orElseThrow();
    assertEquals(UsageRecord.Kind.ORPHANED, orphan.kind());
    assertEquals(400, usedToday());
    assertEquals(400, orphan.charged().microUsd());
    assertEquals(1, item().rollUps().getFirst().tally().estimated());
    assertEquals(Optional.empty(), expire(reservation));
  }

  @Test
  void usageThatArrivesAfterTheCallWasBelievedDeadIsACorrection() {
    var quota = Calls.limits().tokensPerDay(1_000).tokensPerMinute(1_000).quota();
    var reservation = granted(quota, 400);
    expire(reservation);
    settled(reservation, 150);
    assertEquals(150, usedToday());
    settled(reservation, 150);
    assertEquals(150, usedToday());
    assertEquals(2, written().size());
    assertEquals(150, written().stream().mapToLong(record -> record.charged().tokens()).sum());
    var tally = item().rollUps().getFirst().tally();
    assertEquals(150, tally.tokens());
    assertEquals(150, tally.microUsd());
    assertEquals(1, tally.calls());
  }

  @Test
  void aCorrectionOfAPastDayCountsOnTheDayOnWhichItIsMade() {
    var quota = Calls.limits().tokensPerDay(1_000).tokensPerMonth(2_000).quota();
    settled(granted(quota, 400), 400);
    var corrected = onlyRecord();
    clock.advance(Duration.ofDays(1));
    var difference = corrected.charged().minus(corrected.charged().plus(corrected.charged()));
    var correction =
        Correction.byOperator(corrected, difference, clock.instant(), "the provider said so");
    var giveUpAt = clock.instant().plusSeconds(5);
    assertTrue(reconciler.correct(correction, giveUpAt));
    assertTrue(reconciler.correct(correction, giveUpAt));
    assertEquals(0, usedToday());
    int month = Windows.monthOf(Windows.dayOf(clock.instant()));
    assertEquals(0, item().number(ItemNames.monthTokens(month)));
    assertEquals(-400, item().rollUps().getLast().tally().tokens());
    assertEquals(0, item().rollUps().getLast().tally().calls());
    assertEquals(2, written().size());
  }

  // ---- clocks

  @Test
  void aBucketPoisonedByAClockFarAheadIsHealed() {
    var quota = Calls.limits().requestsPerMinute(6).tokensPerMinute(1_000).quota();
    var ahead = ledger(Duration.ofHours(1));
    var reservation = grantedBy(ahead, claim(quota, 1_000)).reservation();
    ahead.settle(
        reservation, Calls.used(1_000), Calls.FACTS, clock.instant().plus(Duration.ofHours(2)));
    calls();
    // How much of the minute was used is not known: the buckets become full, and drain.
    assertEquals(Duration.ofMinutes(1), wholeSeconds(refused(quota, 1_000)));
    assertTrue(calls() <= 4);
    clock.advance(Duration.ofMinutes(1));
    settled(granted(quota, 1_000), 1_000);
    assertEquals(Limits.TOKENS_PER_MINUTE, refused(quota, 1_000).limit());
  }

  @Test
  void anInstanceWhoseClockIsBehindLeavesAFullBucketFull() {
    var quota = Calls.limits().requestsPerMinute(5).quota();
    for (int call = 0; call < 5; call++) {
      settled(granted(quota, 1), 1);
    }
    var full = item();
    var behind = Duration.ofSeconds(-40);
    for (var dates : List.of(List.of(0), List.of(-40), List.of(0, -40), List.of(3_600))) {
      var admission = startedWith(behind, dates).admit(claim(quota, 1));
      var refused = assertInstanceOf(Refused.class, admission, dates.toString());
      assertEquals(Limits.REQUESTS_PER_MINUTE, refused.refusal().limit());
      assertEquals(full, item());
    }
  }

  @Test
  void oneOldDateOfTheStoreLeavesAFullBucketFull() {
    var quota = Calls.limits().tokensPerMinute(1_000).requestsPerMinute(5).quota();
    settled(granted(quota, 1_000), 1_000);
    for (int call = 0; call < 4; call++) {
      settled(granted(Calls.limits().requestsPerMinute(5).quota(), 1), 1);
    }
    var full = item();
    var instance = startedWith(Duration.ZERO, List.of(0, 0, -3_600, 0, -40, 0, 0, -90, 3_600));
    for (int call = 0; call < 10; call++) {
      assertInstanceOf(Refused.class, instance.admit(claim(quota, 1_000)));
      // A refusal is remembered for 3 s.
      clock.advance(Duration.ofSeconds(4));
    }
    assertEquals(full, item());
  }

  /**
   * A ledger with a clock that the store's dates correct.
   *
   * @param skew how far its own clock is ahead
   * @param datesAhead seconds by which the dates of the first answers are ahead of the truth; the
   *     later ones are right
   */
  private Ledger startedWith(Duration skew, List<Integer> datesAhead) {
    var dates = new ArrayDeque<>(datesAhead);
    var storeClock = new StoreClock(() -> clock.instant().plus(skew), _ -> {});
    var told = new ThreadClock(storeClock, Duration.ZERO);
    var time =
        new StoreTime() {
          @Override
          public Instant instant() {
            return told.instant();
          }

          @Override
          public Optional<Instant> confirmed() {
            return storeClock.confirmed().map(_ -> told.instant());
          }
        };
    var dated =
        new DatedTable(
            table,
            storeClock,
            () -> clock.instant().plusSeconds(dates.isEmpty() ? 0 : dates.remove()));
    return new QuotaLedger(dated, records, time, random, clock, LedgerListener.NONE);
  }

  @Test
  void anOverrunIsNoPoison() {
    var quota = Calls.limits().tokensPerMinute(1_000).quota();
    settled(granted(quota, 1_000), 5_000);
    assertEquals(Duration.ofMinutes(5), wholeSeconds(refused(quota, 1_000)));
    clock.advance(Duration.ofMinutes(5).plus(OVERLAP).plus(NANO));
    settled(granted(quota, 1_000), 1_000);
    assertFalse(item().has(ItemNames.TOKENS_OVER));
  }

  // ---- the index

  @Test
  void anItemWithEntriesIsFoundByTheIndex() {
    granted(Quota.UNLIMITED, 10);
    assertTrue(table.due().contains(key));
  }
}
