package dev.chatgate.quota.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * 32 callers on one tenant, through four instances, of which each begins its next call at once.
 * Every limit is set and none is reached, and nothing fails: so every call must be served, and what
 * a call takes beyond three writes is collisions. Everything follows from the seed.
 */
final class SimCrowd {
  private static final int CALLERS = 32;
  private static final int INSTANCES = 4;
  private static final int WRITES_A_CALL = 3;
  private static final TenantId TENANT = new TenantId("crowd");
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  /** The most time that a write takes to the store. */
  private static final List<Duration> WAYS =
      List.of(Duration.ofMillis(6), Duration.ofMillis(25), Duration.ofMillis(80));

  /** The limits as multiples of the traffic: the larger, the more often a bucket is empty. */
  private static final List<Double> MULTIPLES = List.of(1.2, 2.0, 10.0, 1_000.0);

  private final SimWorld world;
  private final SplittableRandom random;
  private final SimCheck check;
  private final Quota quota;
  private final List<QuotaLedger> ledgers = new ArrayList<>();
  private int callsLeft;
  private int givenUp;

  SimCrowd(long seed, int calls, SimCoverage coverage) {
    var before = new SplittableRandom(~seed);
    var way = WAYS.get(before.nextInt(WAYS.size()));
    var skew = before.nextBoolean() ? Duration.ZERO : Duration.ofMillis(100);
    this.world = new SimWorld(seed, START, false);
    this.random = world.random();
    this.callsLeft = calls;
    this.check = new SimCheck(world, coverage);
    this.quota = limits(MULTIPLES.get(before.nextInt(MULTIPLES.size())), way);
    check.limits(quota);
    var store = new SimStore(world, check, coverage);
    store.setWay(way);
    for (int instance = 0; instance < INSTANCES; instance++) {
      var clock = new SimClock(world, coverage, skew.multipliedBy(instance), 0);
      ledgers.add(
          new QuotaLedger(
              store.table(clock), store.records(clock), clock, random, world, LedgerListener.NONE));
    }
  }

  private static Quota limits(double multiple, Duration way) {
    // A write takes half of the longest way to the store, and some take as much back.
    double callsAMinute = 60e9 * CALLERS / (WRITES_A_CALL * way.toNanos() * 0.6);
    long requests = Math.round(multiple * callsAMinute);
    var limits = Calls.limits().requestsPerMinute(requests).tokensPerMinute(100 * requests);
    for (var rule : Limits.ALL.rules()) {
      if (limits.quota().get(rule.limit()).isEmpty()) {
        limits.with(rule.limit(), 1L << 40);
      }
    }
    return limits.quota();
  }

  SimWorld world() {
    return world;
  }

  /** Calls that were not admitted because their writes met those of others. */
  int givenUp() {
    return givenUp;
  }

  /** Runs it to its end. */
  void run() {
    for (int caller = 0; caller < CALLERS; caller++) {
      var ledger = ledgers.get(caller % INSTANCES);
      world.spawn("caller-" + caller, Duration.ZERO, () -> callUntilOver(ledger));
    }
    world.spawn("end", Duration.ofHours(1), check.oracle()::assertSettled);
    world.spawn("bound", Duration.ofHours(1), check.oracle()::assertRequestsWithinBound);
    world.run();
  }

  private void callUntilOver(QuotaLedger ledger) {
    while (callsLeft > 0) {
      callsLeft--;
      call(ledger);
    }
  }

  private void call(QuotaLedger ledger) {
    var giveUpAt = world.now().plusSeconds(20);
    var claim = Calls.claim(random, TENANT, quota, random.nextLong(1, 100), giveUpAt);
    check.claimed(claim);
    switch (ledger.admit(claim)) {
      case Admission.Granted granted -> settle(ledger, granted.reservation(), giveUpAt);
      case Admission.Refused _, Admission.EndUserBlocked _, Admission.OtherTier _ ->
          throw new AssertionError("not admitted");
      case Admission.Unavailable _ -> givenUp++;
    }
  }

  private void settle(QuotaLedger ledger, Reservation reservation, Instant giveUpAt) {
    check.granted(reservation, world.now());
    var used = Calls.used(random.nextLong(reservation.entry().tokens() + 1));
    var settlement = ledger.settle(reservation, used, Calls.FACTS, giveUpAt);
    assertEquals(Settlement.Progress.APPLIED, settlement.progress());
  }
}
