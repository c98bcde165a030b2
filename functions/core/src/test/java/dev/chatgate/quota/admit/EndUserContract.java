package dev.chatgate.quota.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Admission.EndUserBlocked;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Admission.OtherTier;
import dev.chatgate.quota.Admission.Refused;
import dev.chatgate.quota.Admission.Unavailable;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.OneTenant;
import dev.chatgate.quota.QuotaWarning;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Refusal.Kind;
import dev.chatgate.quota.Refusal.Scope;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement.Progress;
import dev.chatgate.quota.item.CheckedTable;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.FaultyTable;
import dev.chatgate.quota.item.FaultyTable.Fault;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.item.WriteUnits;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.quota.reconcile.ReconcilerRun;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.time.ThreadClock;
import dev.chatgate.usage.DayRows;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store must do for the end users of a tenant, call by call. */
public abstract class EndUserContract {
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 23);
  private static final Instant END = Instant.parse("2100-01-01T00:00:00Z");
  private static final EndUser ANN = new EndUser("ann");
  private static final EndUser BOB = new EndUser("bob");
  private static final Quota THOUSAND_A_DAY = Calls.limits().tokensPerDay(1_000).quota();
  private static final Duration REMEMBERED = QuotaLedger.SPENT_MEMORY;

  private final TestClock clock = new TestClock(NOON);
  private final ThreadClock time = new ThreadClock(clock, Duration.ZERO);
  private final Random random = new Random(1);
  private final TenantId tenant = new TenantId("end-users-" + TENANTS.incrementAndGet());
  private final QuotaKey key = QuotaKey.of(tenant);
  private final QuotaKey ann = QuotaKey.of(tenant, ANN);
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final CheckedTable table;
  private final FaultyTable faulty;
  private final UsageRecords records;
  private final DayRows rows;
  private final QuotaLedger ledger;
  private Quota ofTenant = Quota.UNLIMITED;
  private List<EndUserTier> tiers = List.of(Calls.tier(THOUSAND_A_DAY));

  /**
   * @param store several tests may share what is behind it
   * @param records likewise
   * @param rows likewise
   */
  protected EndUserContract(QuotaTable store, UsageRecords records, DayRows rows) {
    this.table = new CheckedTable(store);
    this.faulty = new FaultyTable(table, this::nextFault);
    this.records = records;
    this.rows = rows;
    this.ledger = instance();
  }

  private Fault nextFault() {
    return faults.isEmpty() ? Fault.NONE : faults.remove();
  }

  /** A ledger that has seen nothing. */
  private QuotaLedger instance() {
    return new QuotaLedger(faulty, records, time, random, clock, LedgerListener.NONE);
  }

  @AfterEach
  void everyStateWasRight() {
    table.verify(records);
  }

  // ---- short words

  private Claim claim(EndUser endUser, long tokens) {
    var giveUpAt = clock.instant().plusSeconds(10);
    var claim = Calls.claim(random, tenant, ofTenant, tokens, giveUpAt);
    return Calls.of(claim, endUser, tiers.toArray(EndUserTier[]::new));
  }

  private static Claim withTier(Claim claim, Optional<String> operatorTier) {
    return Calls.by(claim, claim.caller().withOperatorTier(operatorTier));
  }

  private Reservation granted(EndUser endUser, long tokens) {
    return granted(ledger.admit(claim(endUser, tokens)));
  }

  private static Reservation granted(Admission admission) {
    return assertInstanceOf(Granted.class, admission, admission.toString()).reservation();
  }

  private Refusal refused(EndUser endUser, long tokens) {
    return refused(ledger.admit(claim(endUser, tokens)));
  }

  private static Refusal refused(Admission admission) {
    return assertInstanceOf(Refused.class, admission, admission.toString()).refusal();
  }

  private Progress settle(Reservation reservation, long tokens) {
    var giveUpAt = clock.instant().plusSeconds(10);
    return ledger.settle(reservation, Calls.used(tokens), Calls.FACTS, giveUpAt).progress();
  }

  private QuotaItem item(EndUser endUser) {
    return table.read(QuotaKey.of(tenant, endUser));
  }

  private long today(QuotaKey item) {
    return table.read(item).number(ItemNames.dayTokens(Windows.dayOf(clock.instant())));
  }

  private List<UsageRecord> written() {
    var found = new ArrayList<UsageRecord>();
    records.forEach(tenant, Instant.EPOCH, END, found::add);
    return found;
  }

  private UsageRecord onlyRecord() {
    assertEquals(1, written().size());
    return written().getFirst();
  }

  private int writes() {
    return table.callsSinceLastTime();
  }

  private ReconcilerRun reconcile() {
    return new Reconciler(new OneTenant(table, key), records, rows, time, random, clock)
        .run(clock.instant().plusSeconds(50));
  }

  private Settler settler() {
    return new Settler(table, records, new LastSeenItems(1), time, random, clock);
  }

  private void operate(Function<QuotaItem, ItemUpdate> write) {
    assertTrue(EndUserWrite.write(table, ann, write).isPresent());
  }

  // ---- holding and charging

  @Test
  void aCallIsHeldAndChargedAtBothLevels() {
    var reservation = granted(ANN, 400);
    assertEquals(400, today(key));
    assertEquals(400, today(ann));
    assertEquals(2, writes());
    assertEquals(Progress.APPLIED, settle(reservation, 150));
    assertEquals(2, writes());
    assertEquals(150, today(key));
    assertEquals(150, today(ann));
    assertEquals(0, item(ANN).entries().size());
    var share = onlyRecord().endUser().orElseThrow();
    assertEquals(EndUserHash.of(tenant, ANN), share.endUser());
    assertEquals(TODAY, share.day());
    assertEquals(Optional.of("ann"), onlyRecord().call().orElseThrow().endUser());
    assertEquals(Optional.of(onlyRecord()), records.find(onlyRecord().key()));
  }

  @Test
  void settlingAgainHasNoEffect() {
    var reservation = granted(ANN, 400);
    settle(reservation, 150);
    var before = item(ANN);
    assertEquals(Progress.APPLIED, settle(reservation, 300));
    assertEquals(before, item(ANN));
    assertEquals(150, today(key));
  }

  @Test
  void withoutTiersAnEndUserIsOnlyRecorded() {
    tiers = List.of();
    var reservation = granted(ANN, 400);
    assertEquals(1, writes());
    assertEquals("", reservation.entry().rest());
    settle(reservation, 150);
    assertEquals(1, writes());
    assertEquals(QuotaItem.EMPTY, item(ANN));
    assertEquals(Optional.empty(), onlyRecord().endUser());
    assertEquals(Optional.of("ann"), onlyRecord().call().orElseThrow().endUser());
  }

  @Test
  void aCallWithoutAnEndUserIsHeldAtTheTenantAlone() {
    var giveUpAt = clock.instant().plusSeconds(10);
    var claim = Calls.claim(random, tenant, ofTenant, 400, giveUpAt);
    var caller = claim(ANN, 1).caller();
    var nobody =
        new Caller(
            caller.tenant(),
            caller.kind(),
            caller.keyName(),
            caller.keyCode(),
            caller.scopes(),
            caller.narrowing(),
            Optional.empty());
    var reservation = granted(ledger.admit(Calls.by(claim, nobody)));
    assertEquals(Optional.empty(), reservation.endUser());
    assertEquals(1, writes());
  }

  @Test
  void theTenantsEntryNamesTheEndUsersIn9Bytes() {
    var entry = granted(ANN, 400).entry();
    assertEquals(ReservationEntry.BYTES + 9, entry.pack().length);
    var named = entry.endUser().orElseThrow();
    assertEquals(ann, key.ofEndUser(named.hash()));
    assertEquals(item(ANN).entries().firstEntry().getValue().nonce(), named.nonce());
    assertEquals(entry, ReservationEntry.unpack(entry.pack()));
  }

  /** 40 bytes an entry without an end user, 49 with one. */
  @Test
  void aHundredCallsInFlightCostOneUnitMoreAWrite() {
    assertEquals(4, unitsWithAHundredInFlight(new TenantId(tenant.value() + "-alone"), List.of()));
    assertEquals(5, unitsWithAHundredInFlight(tenant, tiers));
    assertEquals(1, units(QuotaKey.of(tenant, new EndUser("end-user-7"))));
  }

  private long unitsWithAHundredInFlight(TenantId whose, List<EndUserTier> withTiers) {
    for (int call = 0; call < 100; call++) {
      var giveUpAt = clock.instant().plusSeconds(10);
      var claim = Calls.claim(random, whose, Quota.UNLIMITED, 100, giveUpAt);
      var endUser = new EndUser("end-user-" + call);
      granted(ledger.admit(Calls.of(claim, endUser, withTiers.toArray(EndUserTier[]::new))));
    }
    return units(QuotaKey.of(whose));
  }

  private long units(QuotaKey item) {
    int bytes = WriteUnits.bytesOf(item, table.read(item));
    return WriteUnits.of(bytes, bytes, false);
  }

  @Test
  void endUsersDoNotMakeTheTenantsItemGrow() {
    settle(granted(ANN, 10), 10);
    int bytes = WriteUnits.bytesOf(key, table.read(key));
    for (int other = 0; other < 200; other++) {
      settle(granted(new EndUser("other-" + other), 10), 10);
    }
    int digits = 8;
    assertTrue(WriteUnits.bytesOf(key, table.read(key)) <= bytes + digits);
    assertTrue(WriteUnits.bytesOf(ann, item(ANN)) < 200, "one write unit");
  }

  // ---- refusals

  @Test
  void theEndUsersLimitRefusesAndTheTenantsItemIsNotTouched() {
    settle(granted(ANN, 900), 900);
    writes();
    var before = table.read(key);
    var refusal = refused(ANN, 200);
    assertEquals(Scope.END_USER, refusal.scope());
    assertEquals(Kind.SPENT, refusal.kind());
    assertEquals(Optional.of(Duration.ofHours(12)), refusal.retryAfter());
    assertEquals(1, writes());
    assertEquals(before, table.read(key));
    assertEquals(Scope.END_USER, refused(ANN, 200).scope());
    assertEquals(0, writes());
    assertFalse(ledger.needsStore(claim(ANN, 200)));
    granted(BOB, 200);
  }

  @Test
  void theTenantsLimitRefusesAndTheEndUserHoldsNothing() {
    ofTenant = THOUSAND_A_DAY;
    tiers = List.of(Calls.tier(Calls.limits().tokensPerDay(5_000).quota()));
    settle(granted(ANN, 900), 900);
    writes();
    var refusal = refused(BOB, 200);
    assertEquals(Scope.TENANT, refusal.scope());
    assertEquals(3, writes());
    assertEquals(0, today(QuotaKey.of(tenant, BOB)));
    assertEquals(0, item(BOB).number(ItemNames.ENTRIES));
    assertEquals(1, written().size());
    assertEquals(Scope.TENANT, refused(BOB, 200).scope());
    assertEquals(0, writes());
  }

  @Test
  void waitsOfAnEndUserAreExact() {
    tiers = List.of(Calls.tier(Calls.limits().requestsPerMinute(2).quota()));
    granted(ANN, 10);
    granted(ANN, 10);
    var refusal = refused(ANN, 10);
    assertEquals(Limits.REQUESTS_PER_MINUTE, refusal.limit());
    assertEquals(Scope.END_USER, refusal.scope());
    clock.advance(refusal.retryAfter().orElseThrow().minusNanos(1));
    refused(ANN, 10);
    clock.advance(Duration.ofNanos(1));
    granted(ANN, 10);
  }

  @Test
  void rateLimitsAreTheEndUsers() {
    ofTenant = Calls.limits().requestsPerMinute(100).tokensPerMinute(9_000).quota();
    tiers = List.of(Calls.tier(Calls.limits().requestsPerMinute(5).tokensPerDay(900).quota()));
    var admission = ledger.admit(claim(ANN, 10));
    var buckets = assertInstanceOf(Granted.class, admission).rateLimits().buckets();
    assertEquals(1, buckets.size());
    assertEquals(5, buckets.getFirst().allowed());
    assertEquals(4, buckets.getFirst().remaining());
    var refused = assertInstanceOf(Refused.class, ledger.admit(claim(ANN, 8_999)));
    assertEquals(5, refused.rateLimits().buckets().getFirst().allowed());
  }

  @Test
  void tokensOfAMinuteAreChargedInTheTiersTime() {
    ofTenant = Calls.limits().tokensPerMinute(6_000).quota();
    tiers = List.of(Calls.tier(Calls.limits().tokensPerMinute(600).quota()));
    settle(granted(ANN, 600), 300);
    assertEquals(30, seconds(ann));
    assertEquals(3, seconds(key));
    var refusal = refused(ANN, 301);
    assertEquals(Scope.END_USER, refusal.scope());
    granted(ANN, 300);
  }

  private long seconds(QuotaKey item) {
    var tat = Duration.ofNanos(table.read(item).number(ItemNames.TOKENS_TAT));
    return tat.minusSeconds(clock.instant().getEpochSecond()).toSeconds();
  }

  @Test
  void aTierThatCannotHoldTheCallNamesTheLargestThatBothLevelsCan() {
    ofTenant = Calls.limits().tokensPerDay(700).quota();
    var refusal = refused(ANN, 2_000);
    assertEquals(Scope.TENANT, refusal.scope());
    assertEquals(Kind.NEVER_FITS, refusal.kind());
    ofTenant = Calls.limits().tokensPerDay(5_000).quota();
    writes();
    refusal = refused(ANN, 1_400);
    assertEquals(Scope.END_USER, refusal.scope());
    assertEquals(OptionalLong.of(300), refusal.largestMaxTokens());
    assertEquals(Kind.NEVER_FITS, refused(ANN, 1_400).kind());
    assertEquals(0, writes());
    assertFalse(ledger.needsStore(claim(ANN, 1_400)));
    granted(ANN, 1_000);
  }

  @Test
  void aLimitOfZeroBlocksTheTier() {
    tiers = List.of(Calls.tier(Calls.limits().requestsPerMinute(0).quota()));
    assertEquals(Kind.BLOCKED, refused(ANN, 1).kind());
    assertEquals(QuotaItem.EMPTY, item(ANN));
  }

  // ---- the operator's tier, blocks

  private void giveTwoTiers() {
    tiers =
        List.of(
            Calls.tier(THOUSAND_A_DAY),
            new EndUserTier("pro", Calls.limits().tokensPerDay(50_000).quota()));
  }

  @Test
  void theOperatorsTierIsMetByTheWriteItself() {
    giveTwoTiers();
    operate(EndUserWrite.tier(Optional.of("pro"), clock.instant()));
    writes();
    var claim = claim(ANN, 900);
    assertEquals(new OtherTier(Optional.of("pro"), 1), ledger.admit(claim));
    assertEquals(Optional.of("pro"), ledger.lastOperatorTier(tenant, ANN));
    granted(ledger.admit(withTier(claim, Optional.of("pro"))));
    assertEquals(3, writes());
    granted(ledger.admit(withTier(claim(ANN, 900), Optional.of("pro"))));
    assertEquals(2, writes());
    assertEquals(1_800, today(ann));
  }

  @Test
  void aTierThatWasTakenAwayIsMetToo() {
    giveTwoTiers();
    operate(EndUserWrite.tier(Optional.of("pro"), clock.instant()));
    operate(EndUserWrite.tier(Optional.empty(), clock.instant()));
    var claim = withTier(claim(ANN, 900), Optional.of("pro"));
    assertEquals(new OtherTier(Optional.empty(), 1), ledger.admit(claim));
    granted(ledger.admit(withTier(claim, Optional.empty())));
    assertEquals(Scope.END_USER, refused(ANN, 900).scope());
  }

  @Test
  void aTierThatTheTenantDoesNotHaveIsTheDefaultOne() {
    operate(EndUserWrite.tier(Optional.of("gold"), clock.instant()));
    granted(ledger.admit(withTier(claim(ANN, 900), Optional.of("gold"))));
    var refusal = refused(ledger.admit(withTier(claim(ANN, 900), Optional.of("gold"))));
    assertEquals(1_000, refusal.allowed());
  }

  @Test
  void aCallThatOnlyTheOperatorsTierCanHoldIsNotRefusedByTheDefaultOne() {
    giveTwoTiers();
    operate(EndUserWrite.tier(Optional.of("pro"), clock.instant()));
    var claim = claim(ANN, 9_000);
    assertEquals(new OtherTier(Optional.of("pro"), 0), ledger.admit(claim));
    granted(ledger.admit(withTier(claim, Optional.of("pro"))));
    assertEquals(Optional.of("pro"), instance().operatorTier(tenant, ANN));
    assertEquals(Optional.empty(), instance().lastOperatorTier(tenant, ANN));
  }

  @Test
  void aCredentialsTierHoldsUntilTheOperatorGivesOne() {
    giveTwoTiers();
    var claim = claim(ANN, 9_000);
    var pro = Calls.by(claim, claim.caller().withCredentialTier(Optional.of("pro")));
    granted(ledger.admit(pro));
    operate(EndUserWrite.tier(Optional.of("default"), clock.instant()));
    var next = claim(ANN, 9_000);
    pro = Calls.by(next, next.caller().withCredentialTier(Optional.of("pro")));
    assertEquals(new OtherTier(Optional.of("default"), 1), ledger.admit(pro));
    var refusal = refused(ledger.admit(withTier(pro, Optional.of("default"))));
    assertEquals(1_000, refusal.allowed());
  }

  @Test
  void aBlockHoldsAtOnceAndCostsNothingWhileItIsRemembered() {
    granted(ANN, 10);
    operate(EndUserWrite.block(clock.instant()));
    writes();
    assertEquals(new EndUserBlocked(1), ledger.admit(claim(ANN, 10)));
    assertEquals(1, writes());
    assertEquals(new EndUserBlocked(0), ledger.admit(claim(ANN, 10)));
    assertFalse(ledger.needsStore(claim(ANN, 10)));
    assertEquals(0, writes());
    granted(BOB, 10);
    operate(EndUserWrite.unblock(clock.instant()));
    clock.advance(REMEMBERED);
    granted(ANN, 10);
  }

  @Test
  void aCallInFlightIsSettledThoughItsEndUserIsBlocked() {
    var reservation = granted(ANN, 400);
    operate(EndUserWrite.block(clock.instant()));
    assertEquals(Progress.APPLIED, settle(reservation, 150));
    assertEquals(150, today(ann));
  }

  @Test
  void anItemWithTierOrBlockNeverExpires() {
    granted(ANN, 10);
    long expiresAt = Instant.parse("2026-12-03T00:00:00Z").getEpochSecond();
    assertEquals(expiresAt, item(ANN).number(ItemNames.EXPIRES_AT));
    operate(EndUserWrite.block(clock.instant()));
    assertFalse(item(ANN).has(ItemNames.EXPIRES_AT));
    operate(EndUserWrite.tier(Optional.of("pro"), clock.instant()));
    operate(EndUserWrite.unblock(clock.instant()));
    assertFalse(item(ANN).has(ItemNames.EXPIRES_AT));
    granted(ledger.admit(withTier(claim(ANN, 10), Optional.of("pro"))));
    assertFalse(item(ANN).has(ItemNames.EXPIRES_AT));
    operate(EndUserWrite.tier(Optional.empty(), clock.instant()));
    assertEquals(expiresAt, item(ANN).number(ItemNames.EXPIRES_AT));
  }

  @Test
  void whoIsForgottenBeginsAnewAndStaysBlocked() {
    var reservation = granted(ANN, 900);
    operate(EndUserWrite.forget(clock.instant()));
    assertEquals(
        List.of(ItemNames.FORGOTTEN, ItemNames.EXPIRES_AT),
        List.copyOf(item(ANN).attributes().keySet()));
    assertEquals(0, today(ann));
    assertEquals(Progress.APPLIED, settle(reservation, 900));
    assertEquals(900, today(key));
    granted(ANN, 900);
    operate(EndUserWrite.block(clock.instant()));
    operate(EndUserWrite.forget(clock.instant()));
    assertEquals(
        List.of(ItemNames.BLOCKED, ItemNames.FORGOTTEN),
        List.copyOf(item(ANN).attributes().keySet()));
    assertInstanceOf(EndUserBlocked.class, ledger.admit(claim(ANN, 1)));
  }

  @Test
  void whereAnEndUserStandsIsRead() {
    giveTwoTiers();
    settle(granted(ANN, 400), 150);
    var reader = new UsageReader(table, rows, clock);
    var whole = claim(ANN, 1).caller().tenant();
    var state = reader.readEndUser(whole, ANN, Optional.empty());
    assertEquals(150, state.limits().getFirst().settled());
    assertEquals(1_000, state.limits().getFirst().allowed());
    assertEquals("pro", reader.readEndUser(whole, ANN, Optional.of("pro")).tier().get().name());
    operate(EndUserWrite.tier(Optional.of("pro"), clock.instant()));
    operate(EndUserWrite.block(clock.instant()));
    state = reader.readEndUser(whole, ANN, Optional.empty());
    assertTrue(state.isBlocked());
    assertEquals(50_000, state.limits().getFirst().allowed());
  }

  // ---- deaths, doubles, lateness

  @Test
  void aCallThatDiedIsChargedAtBothLevelsByTheReconciler() {
    var reservation = granted(ANN, 400);
    clock.set(reservation.deadline());
    assertEquals(new ReconcilerRun(1, 1, 0, 0, 0, 0, 0), reconcile());
    assertEquals(400, today(key));
    assertEquals(400, today(ann));
    assertEquals(0, item(ANN).number(ItemNames.ENTRIES));
    assertEquals(EndUserHash.of(tenant, ANN), onlyRecord().endUser().orElseThrow().endUser());
  }

  @Test
  void usageAfterTheReconcilerIsCorrectedAtBothLevels() {
    tiers = List.of(Calls.tier(Calls.limits().tokensPerMinute(600).tokensPerDay(9_000).quota()));
    var reservation = granted(ANN, 400);
    clock.set(reservation.deadline());
    reconcile();
    assertEquals(Progress.APPLIED, settle(reservation, 150));
    assertEquals(150, today(key));
    assertEquals(150, today(ann));
    assertEquals(40, seconds(ann));
  }

  @Test
  void anOperatorsCorrectionMovesBothLevelsOnce() {
    settle(granted(ANN, 400), 150);
    var difference = new UsageTotals(0, -50, 0, 0, -50, 0);
    var correction = Correction.byOperator(onlyRecord(), difference, clock.instant(), "why");
    for (int time = 0; time < 2; time++) {
      assertTrue(settler().correct(correction, clock.instant().plusSeconds(5)));
      assertEquals(100, today(key));
      assertEquals(100, today(ann));
    }
    assertEquals(0, item(ANN).number(ItemNames.ENTRIES));
  }

  /** Otherwise the windows would go below zero, and the end user could use more than the tier. */
  @Test
  void aCallFromBeforeItsEndUserWasForgottenIsCorrectedAtTheTenantAlone() {
    settle(granted(ANN, 400), 150);
    var call = onlyRecord();
    operate(EndUserWrite.forget(clock.instant()));
    var difference = new UsageTotals(0, -50, 0, 0, -50, 0);
    var correction = Correction.byOperator(call, difference, clock.instant(), "why");
    for (int time = 0; time < 2; time++) {
      assertTrue(settler().correct(correction, clock.instant().plusSeconds(5)));
      assertEquals(100, today(key));
      assertFalse(item(ANN).has(ItemNames.NEWEST_DAY));
    }
    assertEquals(Optional.empty(), records.find(correction.key()).orElseThrow().endUser());
    clock.advance(Duration.ofSeconds(1));
    settle(granted(ANN, 10), 10);
    var again = Correction.byOperator(call, difference, clock.instant(), "why");
    assertTrue(settler().correct(again, clock.instant().plusSeconds(5)));
    assertEquals(10, today(ann));
    assertEquals(60, today(key));
  }

  @Test
  void aBlockedEndUsersCallIsCorrectedToo() {
    settle(granted(ANN, 400), 150);
    operate(EndUserWrite.block(clock.instant()));
    var difference = new UsageTotals(0, -50, 0, 0, -50, 0);
    var correction = Correction.byOperator(onlyRecord(), difference, clock.instant(), "why");
    assertTrue(settler().correct(correction, clock.instant().plusSeconds(5)));
    assertEquals(100, today(ann));
    assertFalse(item(ANN).has(ItemNames.EXPIRES_AT));
  }

  /** The process died between the two levels: it holds at the end user alone. */
  private Claim diedBetweenTheLevels(long tokens) {
    var claim = claim(ANN, tokens);
    long now = clock.instant().getEpochSecond();
    int day = Windows.dayOf(clock.instant());
    var entry = new ReservationEntry(1, tokens, tokens, 0, now, 90, day, 0, 7);
    var id = claim.requestId().reservationId();
    var write = EntryWrite.beginAtEndUser(id, entry, Optional.empty());
    assertInstanceOf(QuotaTable.Written.Done.class, table.update(ann, write.build()));
    return claim;
  }

  @Test
  void whatDiedBetweenTheLevelsIsLetGoByTheEndUsersNextCall() {
    diedBetweenTheLevels(900);
    assertEquals(Kind.WAIT, refused(ANN, 900).kind());
    clock.advance(Duration.ofSeconds(89));
    assertEquals(Kind.WAIT, refused(ANN, 900).kind());
    clock.advance(Duration.ofSeconds(1));
    granted(ANN, 900);
    assertEquals(900, today(ann));
    assertEquals(1, item(ANN).number(ItemNames.ENTRIES));
    assertEquals(UsageRecord.Kind.RELEASED, onlyRecord().kind());
  }

  @Test
  void whatDiedBetweenTheLevelsIsLetGoByACallThatHasRoomBesideIt() {
    diedBetweenTheLevels(100);
    clock.advance(Duration.ofSeconds(90));
    granted(ANN, 10);
    assertEquals(10, today(ann));
    assertEquals(10, today(key));
  }

  @Test
  void whatDiedAfterBothHoldsIsChargedByTheEndUsersNextCall() {
    var reservation = granted(ANN, 900);
    clock.set(reservation.deadline());
    var refusal = refused(instance().admit(claim(ANN, 900)));
    assertEquals(Kind.SPENT, refusal.kind());
    assertEquals(UsageRecord.Kind.ORPHANED, onlyRecord().kind());
    assertEquals(900, today(key));
    assertEquals(0, table.read(key).number(ItemNames.ENTRIES));
  }

  @Test
  void aCallThatDiedBetweenTheTwoApplyingsIsFinishedByTheReconciler() {
    var reservation = granted(ANN, 400);
    faults.add(Fault.NONE);
    for (int attempt = 0; attempt < 99; attempt++) {
      faults.add(Fault.THROTTLED);
    }
    assertEquals(Progress.RECORDED, settle(reservation, 150));
    faults.clear();
    assertEquals(150, today(ann));
    assertEquals(400, today(key));
    clock.set(reservation.deadline());
    assertEquals(new ReconcilerRun(1, 0, 1, 0, 0, 0, 0), reconcile());
    assertEquals(150, today(ann));
    assertEquals(150, today(key));
  }

  @Test
  void theTenantIsNotAppliedBeforeTheEndUser() {
    var reservation = granted(ANN, 400);
    for (int attempt = 0; attempt < 99; attempt++) {
      faults.add(Fault.THROTTLED);
    }
    assertEquals(Progress.RECORDED, settle(reservation, 150));
    faults.clear();
    assertEquals(400, today(ann));
    assertEquals(400, today(key));
    clock.set(reservation.deadline());
    reconcile();
    assertEquals(150, today(ann));
    assertEquals(150, today(key));
  }

  @Test
  void aLateAttemptAtTheEndUserIsLetGo() {
    faults.add(Fault.LATE);
    var reservation = granted(ANN, 400);
    assertEquals(2, reservation.endUser().orElseThrow().entry().nonce());
    assertEquals(1, reservation.entry().nonce());
    settle(reservation, 150);
    assertTrue(faulty.landOne());
    assertEquals(550, today(ann));
    clock.set(reservation.deadline());
    settle(granted(ANN, 10), 10);
    assertEquals(160, today(ann));
    assertEquals(160, today(key));
    assertEquals(0, item(ANN).number(ItemNames.ENTRIES));
  }

  @Test
  void aLateAttemptAtTheTenantIsLetGo() {
    faults.addAll(List.of(Fault.NONE, Fault.LATE));
    var reservation = granted(ANN, 400);
    assertEquals(1, reservation.endUser().orElseThrow().entry().nonce());
    assertEquals(2, reservation.entry().nonce());
    settle(reservation, 150);
    assertTrue(faulty.landOne());
    assertEquals(550, today(key));
    clock.set(reservation.deadline());
    assertEquals(new ReconcilerRun(1, 0, 0, 1, 0, 0, 0), reconcile());
    assertEquals(150, today(ann));
    assertEquals(150, today(key));
  }

  @Test
  void anAnswerLostAtEitherLevelIsNoSecondHold() {
    faults.addAll(List.of(Fault.LOST_AFTER, Fault.NONE, Fault.LOST_AFTER));
    var reservation = granted(ANN, 400);
    assertEquals(400, today(ann));
    assertEquals(400, today(key));
    settle(reservation, 150);
    assertEquals(150, today(ann));
    assertEquals(150, today(key));
  }

  private void failAtTheTenant(Fault fault) {
    faults.add(Fault.NONE);
    for (int attempt = 0; attempt < AdmissionRun.MAX_ATTEMPTS; attempt++) {
      faults.add(fault);
    }
  }

  @Test
  void anAdmissionWithoutAnyAnswerOfTheTenantsItemHoldsNowhere() {
    failAtTheTenant(Fault.LOST_AFTER);
    assertInstanceOf(Unavailable.class, ledger.admit(claim(ANN, 300)));
    assertEquals(UsageRecord.Kind.RELEASED, onlyRecord().kind());
    assertEquals(0, today(key));
    assertEquals(0, today(ann));
  }

  @Test
  void anAdmissionThatIsGivenUpAtTheTenantAndLandsLaterIsLetGo() {
    failAtTheTenant(Fault.LATE);
    assertInstanceOf(Unavailable.class, ledger.admit(claim(ANN, 300)));
    assertEquals(0, today(ann));
    assertTrue(faulty.landOne());
    assertEquals(300, today(key));
    clock.advance(Duration.ofSeconds(90));
    assertEquals(new ReconcilerRun(1, 0, 0, 1, 0, 0, 0), reconcile());
    assertEquals(0, today(key));
    assertEquals(0, today(ann));
  }

  @Test
  void aThrottledTenantsItemLeavesNothingAtTheEndUser() {
    failAtTheTenant(Fault.THROTTLED);
    assertInstanceOf(Unavailable.class, ledger.admit(claim(ANN, 300)));
    assertEquals(0, today(ann));
    assertEquals(List.of(), written());
  }

  @Test
  void anAdmissionThatIsGivenUpAtTheEndUserHoldsNowhere() {
    for (int attempt = 0; attempt < AdmissionRun.MAX_ATTEMPTS; attempt++) {
      faults.add(Fault.LATE);
    }
    assertInstanceOf(Unavailable.class, ledger.admit(claim(ANN, 300)));
    assertTrue(faulty.landOne());
    assertEquals(300, today(ann));
    assertEquals(0, today(key));
    clock.advance(Duration.ofSeconds(90));
    granted(ANN, 1_000);
    assertEquals(1_000, today(ann));
  }

  @Test
  void midnightMayLieBetweenTheLevels() {
    int tomorrow = Windows.dayOf(clock.instant()) + 1;
    table.update(key, new ItemUpdate.Builder().put(ItemNames.NEWEST_DAY, tomorrow).build());
    table.read(key);
    var instance = instance();
    var reservation = granted(instance.admit(claim(ANN, 400)));
    assertEquals(TODAY.plusDays(1), reservation.entry().day());
    assertEquals(TODAY, reservation.endUser().orElseThrow().entry().day());
    settle(reservation, 150);
    assertEquals(150, today(ann));
    assertEquals(150, table.read(key).number(ItemNames.dayTokens(tomorrow)));
    assertEquals(TODAY, onlyRecord().endUser().orElseThrow().day());
    assertEquals(TODAY.plusDays(1), onlyRecord().day());
  }

  @Test
  void aLimitThatIsSetWhileACallIsInFlightChangesNothingThatIsHeld() {
    tiers = List.of(Calls.tier(Quota.UNLIMITED));
    var reservation = granted(ANN, 400);
    tiers = List.of(Calls.tier(Calls.limits().tokensPerMinute(600).concurrent(1).quota()));
    assertEquals(Scope.END_USER, refused(ANN, 10).scope());
    assertEquals(Progress.APPLIED, settle(reservation, 150));
    granted(ANN, 600);
  }

  @Test
  void anUnknownTailOfAnEntryIsNoEndUser() {
    var entry = new ReservationEntry(1, 5, 5, 0, 1, 2, 3, 4, 5, "\0".repeat(21));
    assertEquals(Optional.empty(), entry.endUser());
  }

  // ---- warnings

  private List<QuotaWarning> warnings(Reservation reservation, long tokens) {
    var giveUpAt = clock.instant().plusSeconds(10);
    return ledger.settle(reservation, Calls.used(tokens), Calls.FACTS, giveUpAt).warnings();
  }

  private static Quota warning(long tokensADay) {
    return Calls.limits().tokensPerDay(tokensADay).quota().withWarnAt(List.of(95, 80));
  }

  @Test
  void aWarningIsGivenOnceOverAllInstances() {
    tiers = List.of(Calls.tier(warning(1_000)));
    assertEquals(List.of(), warnings(granted(ANN, 799), 799));
    var reaches = granted(ANN, 11);
    writes();
    assertEquals(
        List.of(new QuotaWarning(Scope.END_USER, Limits.TOKENS_PER_DAY, 80, 810, 1_000)),
        warnings(reaches, 11));
    assertEquals(3, writes());
    var next = granted(ANN, 10);
    writes();
    assertEquals(List.of(), warnings(next, 10));
    assertEquals(2, writes());
    var giveUpAt = clock.instant().plusSeconds(10);
    var elsewhere = instance().settle(granted(ANN, 1), Calls.used(1), Calls.FACTS, giveUpAt);
    assertEquals(List.of(), elsewhere.warnings());
    assertEquals(List.of(95), percents(warnings(granted(ANN, 170), 170)));
    assertEquals(List.of(), warnings(granted(BOB, 100), 100));
  }

  private static List<Integer> percents(List<QuotaWarning> warnings) {
    return warnings.stream().map(QuotaWarning::percent).toList();
  }

  @Test
  void anotherValueOrAnotherDayWarnsAgain() {
    tiers = List.of(Calls.tier(warning(100)));
    assertEquals(List.of(80, 95), percents(warnings(granted(ANN, 100), 100)));
    tiers = List.of(Calls.tier(warning(120)));
    assertEquals(List.of(80), percents(warnings(granted(ANN, 1), 1)));
    clock.advance(Duration.ofDays(1));
    assertEquals(List.of(), warnings(granted(ANN, 10), 10));
    assertEquals(List.of(80), percents(warnings(granted(ANN, 90), 90)));
  }

  @Test
  void bothLevelsWarnAndTheEndUserSeesItsOwn() {
    ofTenant = warning(1_000);
    tiers = List.of(Calls.tier(warning(1_000)));
    var given = warnings(granted(ANN, 900), 900);
    assertEquals(
        List.of(Scope.END_USER, Scope.TENANT), given.stream().map(QuotaWarning::scope).toList());
    var ofAnn = assertInstanceOf(Granted.class, ledger.admit(claim(ANN, 10))).rateLimits();
    assertEquals(List.of(new RateLimits.Warning(Limits.TOKENS_PER_DAY, 90)), ofAnn.warnings());
    var ofBob = assertInstanceOf(Granted.class, ledger.admit(claim(BOB, 10))).rateLimits();
    assertEquals(List.of(), ofBob.warnings());
  }

  @Test
  void aWarningWhoseMarkGotNoAnswerIsNotGivenTwice() {
    tiers = List.of(Calls.tier(warning(100)));
    var reservation = granted(ANN, 90);
    faults.addAll(List.of(Fault.NONE, Fault.NONE, Fault.LOST_AFTER));
    assertEquals(List.of(), warnings(reservation, 90));
    assertEquals(List.of(), warnings(granted(ANN, 1), 1));
  }
}
