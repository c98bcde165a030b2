package dev.chatgate.quota.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.reconcile.EarlierReconciler;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.quota.simulation.SimCoverage.Situation;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * One schedule: some instances with clocks of their own, their calls, two reconcilers and maybe an
 * operator, all on one tenant, and what goes wrong. Everything follows from the seed.
 */
final class SimSchedule {
  private static final TenantId TENANT = new TenantId("sim");
  private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 1);
  private static final Duration NOTHING = Duration.ZERO;
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  /** Deadlines of reservations are this much later than a call may last. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** Longer than any deadline, also of a clock that is an hour ahead. */
  private static final Duration LONG_AFTER = Duration.ofHours(2);

  /** The first three are of one model each; the next four clash, their hashes are equal. */
  private static final List<String> NAMES =
      List.of(
          "model-0", "model-1", "model-2", "AaAa", "AaBB", "BBAa", "BBBB", "model-3", "(other)");

  /** None of {@link #NAMES} has its code near it. */
  private static final int FIRST_FILLED_CODE = 1_100;

  private static final String OTHER_TIER = "pro";

  /** A clock is corrected if it is further off. */
  private static final Duration CORRECTED = Duration.ofSeconds(1);

  /** An item of then has expired by now. */
  private static final Duration LONG_AGO = Duration.ofDays(40);

  private static final List<Instant> STARTS =
      List.of(
          Instant.parse("2026-11-23T12:00:00Z"),
          Instant.parse("2026-11-24T00:00:00Z"),
          Instant.parse("2026-12-01T00:00:00Z"),
          Instant.parse("2027-01-01T00:00:00Z"));

  private final SimWorld world;
  private final SplittableRandom random;
  private final SimCoverage coverage;
  private final SimCheck check;
  private final SimStore store;
  private final List<Instance> instances = new ArrayList<>();
  private final List<String> models = new ArrayList<>();
  private final List<EndUser> endUsers = new ArrayList<>();
  private final Duration spread;
  private double wrongDatesPercent;
  private boolean manyNames;
  private boolean mayFail;
  private Quota quota;
  private List<EndUserTier> tiers = List.of();
  private Duration mostSkew = NOTHING;

  SimSchedule(long seed, boolean traced, SimCoverage coverage) {
    var before = new SplittableRandom(~seed);
    var start = STARTS.get(before.nextInt(STARTS.size()));
    this.spread = Duration.ofNanos(before.nextLong(20_000_000, 120_000_000_000L));
    this.world = new SimWorld(seed, start.minusNanos(before.nextLong(spread.toNanos())), traced);
    this.random = world.random();
    this.wrongDatesPercent = List.of(0, 0, 5, 25).get(before.nextInt(4));
    this.coverage = coverage;
    this.check = new SimCheck(world, coverage);
    this.store = new SimStore(world, check, coverage);
    this.quota = someLimits();
    check.limits(quota);
  }

  SimWorld world() {
    return world;
  }

  /** Runs it to its end. */
  void run() {
    makeTrouble(List.of(0, 2, 6, 15).get(random.nextInt(4)));
    startInstances(random.nextInt(1, 4));
    if (world.chance(50)) {
      startEndUsers();
    }
    if (world.chance(4)) {
      withoutLimits();
      fillWithNames();
      spawnCalls(random.nextInt(8, 25), NAMES);
      spawnReconcilers();
    } else {
      spawnCalls(random.nextInt(2, 9), NAMES.subList(0, random.nextInt(1, 4)));
      spawnEarlierReconcilers();
    }
    spawnReconcilers();
    spawnOperators();
    spawnOperatorsOfEndUsers();
    changeLimits();
    world.run();
    settleDown();
  }

  // ---- the scene

  private void startInstances(int count) {
    for (int instance = 0; instance < count; instance++) {
      instances.add(new Instance(someSkew()));
    }
  }

  private void startEndUsers() {
    for (int endUser = 0; endUser < random.nextInt(1, 4); endUser++) {
      endUsers.add(new EndUser("person-" + endUser));
    }
    tiers = someTiers();
    if (world.chance(30)) {
      leaveFromLongAgo(endUsers.getFirst());
    }
  }

  private List<EndUserTier> someTiers() {
    return endUsers.isEmpty()
        ? List.of()
        : List.of(
            new EndUserTier(EndUserTier.DEFAULT, someLimits()),
            new EndUserTier(OTHER_TIER, someLimits()));
  }

  /** The process died between the two holds, and the end user has not called since. */
  private void leaveFromLongAgo(EndUser endUser) {
    var then = world.now().minus(LONG_AGO);
    var unlimited = Calls.claim(random, TENANT, Quota.UNLIMITED, random.nextLong(1, 101), then);
    var claim = Calls.of(unlimited, endUser, Calls.tier(Quota.UNLIMITED));
    check.claimed(claim);
    var entry =
        new ReservationEntry(
            1, claim.tokens(), 0, 0, then.getEpochSecond(), 60, Windows.dayOf(then), 0, 7);
    var id = claim.requestId().reservationId();
    var write = EntryWrite.beginAtEndUser(id, entry, Optional.empty());
    store.fill(QuotaKey.of(TENANT, endUser), write.build(), then);
    world.later(world.between(NOTHING, spread.multipliedBy(2)), store::dropExpired);
  }

  private void withoutLimits() {
    quota = Quota.UNLIMITED;
    check.limits(quota);
  }

  /** The item has room for some names more, or for none; the first visit drops what it has. */
  private void fillWithNames() {
    int names = random.nextInt(ModelCodes.MAX_NAMES - 4, ModelCodes.MAX_NAMES + 1);
    var write = new ItemUpdate.Builder().put(ItemNames.NAMES, names);
    for (int name = 0; name < names; name++) {
      write.putIfAbsent(ItemNames.modelName(FIRST_FILLED_CODE + name), "filled-" + name);
    }
    store.fill(QuotaKey.of(TENANT), write.build());
    manyNames = true;
  }

  private void spawnCalls(int calls, List<String> names) {
    models.addAll(names);
    for (int call = 0; call < calls; call++) {
      var model = models.get(call % models.size());
      world.spawn("call-" + call, world.between(NOTHING, spread), () -> call(model));
    }
  }

  /** Faults all the time, and maybe some seconds in which hardly anything gets through. */
  private void makeTrouble(int faultsPercent) {
    store.setFaults(faultsPercent);
    mayFail = faultsPercent > 0;
    if (world.chance(4)) {
      mayFail = true;
      var outage = world.between(NOTHING, spread);
      world.later(outage, () -> store.setAway(true));
      var length = world.between(MILLISECOND, Duration.ofSeconds(20));
      world.later(outage.plus(length), () -> store.setAway(false));
    }
  }

  private Quota someLimits() {
    var limits = Calls.limits();
    for (var rule : Limits.ALL.rules()) {
      if (world.chance(45)) {
        boolean few = rule.limit().unit() == Limit.Unit.REQUESTS;
        limits.with(rule.limit(), few ? random.nextLong(1, 9) : random.nextLong(90, 600));
      }
    }
    return world.chance(15) ? limits.quota().withWarnAt(List.of(50, 90)) : limits.quota();
  }

  private Duration someSkew() {
    int kind = random.nextInt(100);
    var most =
        kind < 45
            ? NOTHING
            : kind < 75
                ? Duration.ofMillis(250)
                : kind < 90
                    ? Duration.ofSeconds(2)
                    : kind < 97 ? Duration.ofMinutes(3) : Duration.ofHours(1);
    var skew =
        most.isZero()
            ? NOTHING
            : Duration.ofNanos(random.nextLong(-most.toNanos(), most.toNanos()));
    coverage.countIf(
        skew.abs().compareTo(Duration.ofMinutes(1)) > 0, Situation.STARTED_MINUTES_OFF);
    if (skew.abs().compareTo(mostSkew) > 0) {
      mostSkew = skew.abs();
    }
    return skew;
  }

  /** A function instance: its clock, and what it remembers. */
  private final class Instance implements LedgerListener {
    private final Duration skew;
    private SimClock clock;
    private QuotaLedger ledger;

    Instance(Duration skew) {
      this.skew = skew;
      this.clock = coldClock();
      this.ledger = cold();
    }

    private SimClock coldClock() {
      return new SimClock(world, coverage, skew, wrongDatesPercent);
    }

    private QuotaLedger cold() {
      return new QuotaLedger(store.table(clock), store.records(clock), clock, random, world, this);
    }

    /** An instance that starts anew knows nothing, nor the store's time. */
    void restart() {
      clock = coldClock();
      ledger = cold();
    }

    Instant now() {
      return clock.instant();
    }

    @Override
    public void bucketRepaired(TenantId tenant) {
      coverage.count(Situation.REPAIRED);
    }
  }

  private Instance someInstance() {
    return instances.get(random.nextInt(instances.size()));
  }

  private void changeLimits() {
    if (world.chance(20)) {
      world.later(
          world.between(NOTHING, spread),
          () -> {
            quota = someLimits();
            tiers = someTiers();
            check.limits(quota);
          });
    }
  }

  // ---- a call

  private void call(String model) {
    var instance = someInstance();
    if (world.chance(5)) {
      instance.restart();
    }
    var claim = claim(instance, model, random.nextLong(1, 101), quota);
    var endUser = someEndUser();
    claim(instance, endUser.isEmpty() ? claim : forEndUser(instance, claim, endUser.get(), tiers));
  }

  private Optional<EndUser> someEndUser() {
    return endUsers.isEmpty() || world.chance(10)
        ? Optional.empty()
        : Optional.of(endUsers.get(random.nextInt(endUsers.size())));
  }

  /** Some credentials name a tier; an instance may know the operator's. */
  private Claim forEndUser(
      Instance instance, Claim claim, EndUser endUser, List<EndUserTier> tiersNow) {
    var caller =
        Calls.of(claim, endUser, tiersNow.toArray(EndUserTier[]::new))
            .caller()
            .withCredentialTier(world.chance(20) ? Optional.of(OTHER_TIER) : Optional.empty());
    var known = instance.ledger.lastOperatorTier(TENANT, endUser);
    return Calls.by(claim, caller.withOperatorTier(known));
  }

  private void claim(Instance instance, Claim claim) {
    check.claimed(claim);
    var startedAt = world.now();
    world.note("claims", claim);
    switch (instance.ledger.admit(claim)) {
      case Admission.Granted(Reservation reservation, RateLimits _, int _) -> {
        check.granted(reservation, endOfLife(claim, startedAt));
        live(instance, reservation);
      }
      case Admission.Refused(Refusal refusal, RateLimits _, int _) -> {
        world.note("is refused", refusal);
        coverage.countIf(
            refusal.scope() == Refusal.Scope.END_USER, Situation.REFUSED_BY_THE_END_USERS_TIER);
        check.turnedAway(claim, Situation.REFUSED);
        if (!mayFail && wrongDatesPercent == 0) {
          check.holdsNothing(claim);
        }
      }
      case Admission.EndUserBlocked(int _) -> check.turnedAway(claim, Situation.END_USER_BLOCKED);
      case Admission.OtherTier(Optional<String> tier, int _) -> {
        coverage.count(Situation.OTHER_TIER);
        claim(instance, Calls.by(claim, claim.caller().withOperatorTier(tier)));
      }
      case Admission.Unavailable(RuntimeException cause, int _) -> {
        world.note("is not served", cause);
        // A clock that is put forward by seconds between two attempts takes the claim's time.
        boolean mayLoseTime = mostSkew.compareTo(CORRECTED) > 0;
        assertTrue(
            mayFail || wrongDatesPercent > 0 || mayLoseTime || !clocksAreSane(),
            "given up, and nothing failed");
        check.turnedAway(claim, Situation.UNAVAILABLE);
      }
    }
  }

  private Claim claim(Instance instance, String model, long tokens, Quota limits) {
    var giveUpAt = instance.now().plusSeconds(5);
    var priced = Calls.claim(random, TENANT, limits, model, tokens, giveUpAt);
    var claim = manyNames && world.chance(70) ? Calls.unpriced(priced) : priced;
    return new Claim(
        claim.requestId(),
        claim.caller(),
        claim.model(),
        claim.promptTokens(),
        claim.completionTokens(),
        claim.price(),
        Duration.ofSeconds(random.nextLong(1, 60)),
        claim.giveUpAt());
  }

  private Instant endOfLife(Claim claim, Instant startedAt) {
    return clocksAreSane() ? startedAt.plus(claim.callLimit()) : startedAt;
  }

  /**
   * A clock that is far off makes deadlines that are far off: a call may be taken for dead before
   * its answer is there. Sums and limits hold even then.
   */
  private boolean clocksAreSane() {
    return mostSkew.multipliedBy(2).compareTo(GRACE) < 0;
  }

  private void live(Instance instance, Reservation reservation) {
    int kind = random.nextInt(100);
    if (kind < 12) {
      throw world.die();
    }
    var toDeadline = Duration.between(instance.now(), reservation.deadline());
    if (kind < 30 && toDeadline.isPositive()) {
      meetTheReconciler(toDeadline);
    } else if (kind < 35) {
      world.pause(world.between(NOTHING, Duration.ofMinutes(3)));
    } else {
      world.pause(world.between(NOTHING, reservation.claim().callLimit()));
    }
    settleFirst(instance, reservation);
    if (world.chance(10)) {
      settle(instance, reservation, used(reservation.entry().tokens()));
    }
  }

  private void meetTheReconciler(Duration toDeadline) {
    world.spawn("reconciler-at-deadline", toDeadline, () -> reconcile(NOTHING));
    world.pause(
        toDeadline.minus(MILLISECOND).plus(world.between(NOTHING, MILLISECOND.multipliedBy(20))));
  }

  private void settleFirst(Instance instance, Reservation reservation) {
    var used = used(reservation.entry().tokens());
    var settlement = settle(instance, reservation, used);
    if (settlement.progress() == Settlement.Progress.APPLIED && clocksAreSane()) {
      check.settled(reservation, used.counts().total());
    }
  }

  private Settlement settle(Instance instance, Reservation reservation, Consumption used) {
    world.note("used", used);
    var giveUpAt = instance.now().plusSeconds(random.nextLong(1, 10));
    var settlement = instance.ledger.settle(reservation, used, facts(), giveUpAt);
    world.note("is settled", settlement.progress());
    check.warned(reservation.claim(), settlement.warnings());
    return settlement;
  }

  private CallFacts facts() {
    return world.chance(manyNames ? 40 : 5) ? Calls.refused(404) : Calls.FACTS;
  }

  private Consumption used(long reserved) {
    int kind = random.nextInt(100);
    if (kind < 5) {
      return new Consumption.Nothing();
    }
    if (kind < 10) {
      return new Consumption.Estimated(new TokenCounts(reserved / 2, 0, 0), Optional.empty());
    }
    return Calls.used(
        kind < 20 ? reserved + random.nextLong(1, 100) : random.nextLong(reserved + 1));
  }

  // ---- reconcilers and operators

  private void spawnReconcilers() {
    for (int run = 0; run < random.nextInt(2, 5); run++) {
      var at = world.between(NOTHING, spread.plusSeconds(60));
      world.spawn("reconciler-" + run, at, () -> reconcile(NOTHING));
      if (world.chance(20)) {
        var meanwhile = at.plus(world.between(NOTHING, MILLISECOND.multipliedBy(25)));
        world.spawn("reader-" + run, meanwhile, this::readUsage);
      }
      if (world.chance(50)) {
        world.spawn("reconciler-beside-" + run, at, () -> reconcile(MILLISECOND.multipliedBy(200)));
      }
    }
  }

  private void reconcile(Duration skew) {
    var clock = world.clock(skew);
    var reconciler =
        new Reconciler(store.table(), store.records(), store.rows(), clock, random, world);
    try {
      var run = reconciler.run(clock.instant().plusSeconds(30));
      world.note("has run", run);
      coverage.countIf(run.closedDays() > 0, Situation.DAY_CLOSED);
      coverage.countIf(run.flushed() > 0, Situation.EARLIER_ROW_TAKEN);
    } catch (StoreUnavailableException e) {
      world.note("could not run", e);
    }
  }

  /** Their rows have names and no codes, and they know nothing of names that have two. */
  private void spawnEarlierReconcilers() {
    if (world.chance(15)) {
      for (int run = 0; run < random.nextInt(1, 5); run++) {
        var at = world.between(NOTHING, spread.plusSeconds(60));
        world.spawn("earlier-reconciler-" + run, at, this::reconcileAsEarlier);
      }
    }
  }

  private void reconcileAsEarlier() {
    try {
      int moved = new EarlierReconciler(store.table(), store.rows(), 0).run(QuotaKey.of(TENANT));
      coverage.countIf(moved > 0, Situation.MOVED_EARLY);
    } catch (StoreUnavailableException e) {
      world.note("could not run", e);
    }
  }

  private void spawnOperators() {
    if (world.chance(20)) {
      var at = world.between(NOTHING, spread.plusSeconds(60));
      world.spawn("operator", at, () -> check.anyRecord().ifPresent(this::correct));
    }
  }

  /** Tiers, blocks, and end users who are forgotten. */
  private void spawnOperatorsOfEndUsers() {
    for (var endUser : endUsers) {
      for (int write = 0; write < random.nextInt(3); write++) {
        var at = world.between(NOTHING, spread);
        world.spawn("operator-of-" + endUser.id(), at, () -> operate(endUser));
      }
    }
  }

  private void operate(EndUser endUser) {
    var now = world.now();
    switch (random.nextInt(6)) {
      case 0, 1 -> write(endUser, EndUserWrite.tier(Optional.of(OTHER_TIER), now));
      case 2 -> write(endUser, EndUserWrite.tier(Optional.empty(), now));
      case 3 -> write(endUser, EndUserWrite.block(now));
      case 4 -> write(endUser, EndUserWrite.unblock(now));
      default -> write(endUser, EndUserWrite.forget(now));
    }
  }

  private void write(EndUser endUser, Function<QuotaItem, ItemUpdate> write) {
    try {
      EndUserWrite.write(store.table(), QuotaKey.of(TENANT, endUser), write);
    } catch (StoreUnavailableException e) {
      world.note("could not write", e);
    }
  }

  private void correct(UsageRecord record) {
    var charged = record.charged();
    long prompt = random.nextLong(-charged.prompt(), 50);
    long money = random.nextLong(-charged.microUsd(), 50);
    var difference = new UsageTotals(0, prompt, 0, 0, money, 0);
    var correction = Correction.byOperator(record, difference, world.now(), "the provider said so");
    if (world.chance(40)) {
      world.spawn("operator-too", NOTHING, () -> correct(correction));
    }
    correct(correction);
    if (world.chance(30)) {
      correct(correction);
    }
  }

  private void correct(Correction correction) {
    var clock = world.clock(NOTHING);
    var settler =
        new Settler(store.table(), store.records(), new LastSeenItems(1), clock, random, world);
    boolean done = settler.correct(correction, clock.instant().plusSeconds(10));
    world.note(done ? "has corrected" : "has not corrected", correction);
  }

  /** A report that is read while days are moved has each call once. */
  private void readUsage() {
    long atLeast = check.callsApplied();
    try {
      long found = SimCheck.calls(usage().values());
      assertTrue(found >= atLeast, "usage misses calls");
      assertTrue(found <= check.callsApplied(), "usage has calls twice");
    } catch (StoreUnavailableException e) {
      world.note("could not read", e);
    }
  }

  // ---- the end

  private void settleDown() {
    store.setFaults(0);
    world.spawn(
        "end",
        LONG_AFTER,
        () -> {
          reconcile(NOTHING);
          reconcile(NOTHING);
          assertEquals(0, check.item().number(ItemNames.ENTRIES), "held after two runs");
          world.pause(Duration.ofHours(26));
          theNextCallIsAdmitted(Optional.empty());
          wrongDatesPercent = 0;
          for (var endUser : endUsers) {
            write(endUser, EndUserWrite.unblock(world.now()));
            theNextCallIsAdmitted(Optional.of(endUser));
          }
          reconcile(NOTHING);
          reconcile(NOTHING);
          check.end(usage(), mostSkew);
        });
    world.run();
  }

  private void theNextCallIsAdmitted(Optional<EndUser> endUser) {
    world.pause(Duration.ofMinutes(2));
    var instance = new Instance(NOTHING);
    var limits = withoutSums(quota);
    var first = claim(instance, models.getFirst(), 1, limits);
    check.limits(limits);
    if (endUser.isEmpty()) {
      isAdmitted(instance, first);
      return;
    }
    var tiersNow =
        tiers.stream()
            .map(tier -> new EndUserTier(tier.name(), withoutSums(tier.quota())))
            .toList();
    var claim = forEndUser(instance, first, endUser.get(), tiersNow);
    var operatorTier = instance.ledger.operatorTier(TENANT, endUser.get());
    isAdmitted(instance, Calls.by(claim, claim.caller().withOperatorTier(operatorTier)));
    assertEquals(0, check.oracle(QuotaKey.of(TENANT, endUser.get())).item().entries().size());
  }

  private void isAdmitted(Instance instance, Claim claim) {
    check.claimed(claim);
    var granted =
        assertInstanceOf(Admission.Granted.class, instance.ledger.admit(claim), "after all");
    check.granted(granted.reservation(), world.now());
    settleFirst(instance, granted.reservation());
  }

  /** Those of a minute, and of calls in flight. */
  private static Quota withoutSums(Quota quota) {
    var limits = Calls.limits();
    quota.get(Limits.REQUESTS_PER_MINUTE).ifPresent(limits::requestsPerMinute);
    quota.get(Limits.TOKENS_PER_MINUTE).ifPresent(limits::tokensPerMinute);
    quota.get(Limits.CONCURRENT_REQUESTS).ifPresent(limits::concurrent);
    return limits.quota();
  }

  private SortedMap<DayAndModel, UsageTotals> usage() {
    var tenant =
        new Tenant(
            TENANT, TenantStatus.ACTIVE, quota, Optional.empty(), Map.of(), Optional.empty());
    return new UsageReader(store.table(), store.rows(), world.clock(NOTHING))
        .read(tenant, FIRST_DAY, FIRST_DAY.plusYears(3), Function.identity())
        .tallies();
  }
}
