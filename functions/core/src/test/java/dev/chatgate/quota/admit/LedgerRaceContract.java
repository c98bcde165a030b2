package dev.chatgate.quota.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Admission.Refused;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ItemOracle;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.item.CheckedTable;
import dev.chatgate.quota.item.FaultyTable;
import dev.chatgate.quota.item.FaultyTable.Fault;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.StoreTime;
import dev.chatgate.time.TestClock;
import dev.chatgate.time.ThreadClock;
import dev.chatgate.usage.FaultyRecords;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What every store must do for the ledger when many callers race and anything may fail. */
public abstract class LedgerRaceContract {
  private static final int THREADS = 32;
  private static final int INSTANCES = 4;
  private static final int OPERATIONS = 10_000;
  private static final int CALLS_A_CALLER = 313;
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final List<EndUser> END_USERS =
      List.of(new EndUser("ann"), new EndUser("bob"), new EndUser("eve"));
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private final TestClock clock = new TestClock(Instant.parse("2026-11-29T22:00:00Z"));
  private final long seed = new Random().nextLong();
  private final CheckedTable checked;
  private final UsageRecords records;

  /**
   * @param store several tests may share what is behind it
   * @param records likewise
   */
  protected LedgerRaceContract(QuotaTable store, UsageRecords records) {
    this.checked = new CheckedTable(store);
    this.records = records;
  }

  private static TenantId freshTenant() {
    return new TenantId("race-" + TENANTS.incrementAndGet());
  }

  private QuotaLedger ledger(
      QuotaTable table, UsageRecords written, StoreTime time, Random seeded) {
    return new QuotaLedger(table, written, time, seeded, clock, LedgerListener.NONE);
  }

  private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var started = tasks.stream().map(threads::submit).toList();
      var results = new ArrayList<T>();
      for (Future<T> result : started) {
        results.add(result.get());
      }
      return results;
    }
  }

  @Test
  void racersForTheLastTokensShareExactlyWhatIsThere() throws Exception {
    var tenant = freshTenant();
    var quota = Calls.limits().tokensPerDay(7_777).tokensPerMinute(1_000_000).quota();
    checked.limit(tenant, quota);
    var start = new CyclicBarrier(THREADS);
    var racers = new ArrayList<Callable<Long>>();
    for (int racer = 0; racer < THREADS; racer++) {
      var ledger = ledger(checked, records, clock, new Random(racer));
      var random = new Random(~racer);
      racers.add(() -> {
        start.await();
        long granted = 0;
        while (ledger.admit(claim(random, tenant, quota, 111)) instanceof Granted) {
          granted += 111;
        }
        return granted;
      });
    }
    long sum = together(racers).stream().mapToLong(Long::longValue).sum();
    assertEquals(7_777 / 111 * 111, sum);
    checked.verify(records);
  }

  private static final int CROWD = 500;

  /** The item is new to every instance: the tier's limits hold all the same. */
  @Test
  void firstCallsOfAnEndUserShareExactlyWhatTheTierHas() throws Exception {
    var tenant = freshTenant();
    var endUser = new EndUser("new");
    var tier = Calls.limits().tokensPerDay(7_777).quota();
    checked.limit(QuotaKey.of(tenant, endUser), tier);
    int granted = crowd(tenant, Quota.UNLIMITED, tier, _ -> endUser);
    assertEquals(7_777 / 111, granted);
    nothingIsHeld(tenant, 7_777 / 111);
  }

  /** Each has room of its own, the tenant has not: whom it refuses holds nothing. */
  @Test
  void firstCallsOfManyEndUsersShareExactlyWhatTheTenantHas() throws Exception {
    var tenant = freshTenant();
    var quota = Calls.limits().tokensPerDay(7_777).quota();
    var tier = Calls.limits().tokensPerDay(1_000).quota();
    checked.limit(tenant, quota);
    int granted = crowd(tenant, quota, tier, caller -> new EndUser("new-" + caller));
    assertEquals(7_777 / 111, granted);
    nothingIsHeld(tenant, 7_777 / 111);
  }

  /** Each calls once, through an instance of its own, and settles what it is granted. */
  private int crowd(TenantId tenant, Quota quota, Quota tier, IntFunction<EndUser> endUsers)
      throws Exception {
    var start = new CyclicBarrier(THREADS);
    var callers = new ArrayList<Callable<Integer>>();
    var refusals = new AtomicInteger();
    for (int thread = 0; thread < THREADS; thread++) {
      int first = thread;
      callers.add(() -> {
        var random = new Random(first);
        var granted = new ArrayList<Runnable>();
        start.await();
        for (int caller = first; caller < CROWD; caller += THREADS) {
          var time = new ThreadClock(clock, Duration.ZERO);
          var ledger = ledger(checked, records, time, random);
          var giveUpAt = clock.instant().plus(Duration.ofHours(1));
          var claim = Calls.claim(random, tenant, quota, 111, giveUpAt);
          var admission = ledger.admit(Calls.of(claim, endUsers.apply(caller), Calls.tier(tier)));
          if (admission instanceof Granted(Reservation reservation, _, _)) {
            granted.add(() -> ledger.settle(reservation, Calls.used(111), Calls.FACTS, giveUpAt));
          } else {
            assertInstanceOf(Refused.class, admission);
            refusals.incrementAndGet();
          }
        }
        granted.forEach(Runnable::run);
        return granted.size();
      });
    }
    int granted = together(callers).stream().mapToInt(Integer::intValue).sum();
    assertEquals(CROWD, granted + refusals.get());
    return granted;
  }

  private void nothingIsHeld(TenantId tenant, int calls) {
    var oracles = checked.verify(records);
    oracles.values().forEach(ItemOracle::assertSettled);
    long used = 0;
    for (var oracle : oracles.entrySet()) {
      if (oracle.getKey().isOfEndUser() && oracle.getKey().tenant().equals(tenant)) {
        int day = oracle.getValue().item().newestDay();
        used += oracle.getValue().item().number(ItemNames.dayTokens(day));
      }
    }
    assertEquals(111L * calls, used);
  }

  /** Each begins its next call at once; every limit is set, and none is reached. */
  @Test
  void callersWithoutAPauseDoNotCollide(TestReporter reporter) throws Exception {
    var tenant = freshTenant();
    var quota = farLimits();
    checked.limit(tenant, quota);
    var ledgers = new ArrayList<QuotaLedger>();
    for (int instance = 0; instance < INSTANCES; instance++) {
      ledgers.add(
          ledger(checked, records, new ThreadClock(clock, Duration.ZERO), new Random(instance)));
    }
    var callers = new ArrayList<Callable<Integer>>();
    for (int caller = 0; caller < THREADS; caller++) {
      var ledger = ledgers.get(caller % INSTANCES);
      var random = new Random(caller);
      callers.add(() -> callWithoutAPause(ledger, random, tenant, quota));
    }
    checked.callsSinceLastTime();
    int admissionWrites = together(callers).stream().mapToInt(Integer::intValue).sum();
    int calls = THREADS * CALLS_A_CALLER;
    double admission = (double) admissionWrites / calls;
    double applying = (double) (checked.callsSinceLastTime() - admissionWrites) / calls;
    var writes = "writes an admission %.3f, an applying %.3f".formatted(admission, applying);
    reporter.publishEntry(getClass().getSimpleName(), writes);
    assertTrue(admission <= 1.05 && applying <= 1.3, writes);
    checked.verify(records).values().forEach(ItemOracle::assertSettled);
  }

  private static Quota farLimits() {
    var quota = Quota.UNLIMITED;
    for (var rule : Limits.ALL.rules()) {
      quota = quota.with(rule.limit(), 1_000_000_000);
    }
    return quota.with(Limits.REQUESTS_PER_MINUTE, 36_000);
  }

  /** Returns how many writes the admissions took. */
  private int callWithoutAPause(QuotaLedger ledger, Random random, TenantId tenant, Quota quota) {
    int writes = 0;
    for (int call = 0; call < CALLS_A_CALLER; call++) {
      clock.advance(Duration.ofNanos(random.nextInt(6_000_000)));
      // The others may move the clock by minutes while this thread is stopped.
      var giveUpAt = clock.instant().plus(Duration.ofHours(1));
      var admission = ledger.admit(Calls.claim(random, tenant, quota, 100, giveUpAt));
      var granted = assertInstanceOf(Granted.class, admission);
      writes += granted.attempts();
      ledger.settle(granted.reservation(), Calls.used(50), Calls.FACTS, giveUpAt);
    }
    return writes;
  }

  private Claim claim(Random random, TenantId tenant, Quota quota, long tokens) {
    return Calls.claim(random, tenant, quota, tokens, clock.instant().plusSeconds(20));
  }

  @Test
  void nothingIsEverLostOrCountedTwiceWhateverFails(TestReporter reporter) throws Exception {
    reporter.publishEntry("seed", Long.toString(seed));
    var seeds = new Random(seed);
    var instances = new ArrayList<Instance>();
    var turbulence = new Turbulence();
    for (int instance = 0; instance < INSTANCES; instance++) {
      var skew = Duration.ofMillis(seeds.nextInt(-250, 251));
      instances.add(new Instance(turbulence, skew, seeds.nextLong()));
    }
    var workers = new ArrayList<Callable<Integer>>();
    for (int worker = 0; worker < THREADS; worker++) {
      var random = new Random(seeds.nextLong());
      var instance = instances.get(worker % INSTANCES);
      workers.add(() -> new Worker(turbulence, instance, random).run(OPERATIONS / THREADS));
    }
    int admitted = together(workers).stream().mapToInt(Integer::intValue).sum();
    assertTrue(admitted > 100, "hardly anything was admitted: " + admitted);
    turbulence.calmDown();
    for (var oracle : checked.verify(records).values()) {
      oracle.assertSettled();
    }
  }

  /** The tenants, their faulty table, and what is still to happen to them. */
  private final class Turbulence {
    private final List<TenantId> tenants = List.of(freshTenant(), freshTenant(), freshTenant());
    private final ThreadLocal<Random> randoms = ThreadLocal.withInitial(() -> new Random(seed));
    private final FaultyTable table = new FaultyTable(checked, this::fault);
    private final FaultyRecords decisions = new FaultyRecords(records, this::fault);
    private final Quota quota =
        Calls.limits()
            .requestsPerMinute(3_000)
            .tokensPerMinute(60_000)
            .tokensPerDay(400_000)
            .tokensPerMonth(900_000)
            .microUsdPerMonth(800_000)
            .concurrent(12)
            .quota();
    private final Quota tier =
        Calls.limits()
            .requestsPerMinute(1_000)
            .tokensPerMinute(40_000)
            .tokensPerDay(200_000)
            .microUsdPerMonth(600_000)
            .concurrent(6)
            .quota();
    private volatile boolean calm;

    Turbulence() {
      for (var tenant : tenants) {
        checked.limit(tenant, quota);
        END_USERS.forEach(endUser -> checked.limit(QuotaKey.of(tenant, endUser), tier));
      }
    }

    private Fault fault() {
      int chance = calm ? 100 : randoms.get().nextInt(100);
      return chance < 2
          ? Fault.THROTTLED
          : chance < 3
              ? Fault.LOST_BEFORE
              : chance < 5 ? Fault.LOST_AFTER : chance < 6 ? Fault.LATE : Fault.NONE;
    }

    /** Late writes land, and what was left behind is settled. */
    void calmDown() {
      calm = true;
      boolean more = true;
      while (more) {
        more = table.landOne() || decisions.landOne();
      }
      clock.advance(DEADLINE.plusDays(1));
      var reaper = new Instance(this, Duration.ZERO, seed);
      for (var tenant : tenants) {
        reaper.settleExpired(tenant);
        END_USERS.forEach(endUser -> reaper.callOnce(tenant, endUser));
      }
    }
  }

  /** One function instance: a ledger of its own, and a reconciler of its own. */
  private final class Instance {
    private final QuotaLedger ledger;
    private final Settler settler;
    private final Turbulence turbulence;
    private final ThreadClock skewed;
    private final Random nextCalls = new Random(~seed);

    Instance(Turbulence turbulence, Duration skew, long seed) {
      this.turbulence = turbulence;
      this.skewed = new ThreadClock(clock, skew);
      this.ledger = ledger(turbulence.table, turbulence.decisions, skewed, new Random(seed));
      this.settler =
          new Settler(
              turbulence.table,
              turbulence.decisions,
              new LastSeenItems(8),
              skewed,
              new Random(~seed),
              clock);
    }

    /** An end user's next call finds what died between the two levels. */
    void callOnce(TenantId tenant, EndUser endUser) {
      var giveUpAt = skewed.instant().plusSeconds(60);
      var claim = Calls.claim(nextCalls, tenant, turbulence.quota, 1, giveUpAt);
      var byEndUser = Calls.of(claim, endUser, Calls.tier(turbulence.tier));
      var granted = assertInstanceOf(Granted.class, ledger.admit(byEndUser));
      ledger.settle(granted.reservation(), Calls.used(1), Calls.FACTS, giveUpAt);
    }

    void settleExpired(TenantId tenant) {
      var key = QuotaKey.of(tenant);
      var item = turbulence.table.read(key);
      item.entries()
          .forEach((id, entry) -> {
            if (entry.deadline().isBefore(skewed.instant())) {
              settler.expire(
                  key,
                  id,
                  entry,
                  item.models().getOrDefault(entry.modelCode(), "?"),
                  skewed.instant().plusSeconds(5));
            }
          });
    }
  }

  /** One caller after another. */
  private final class Worker {
    private final Turbulence turbulence;
    private final Instance instance;
    private final Random random;
    private final List<Reservation> open = new ArrayList<>();
    private int admitted;

    Worker(Turbulence turbulence, Instance instance, Random random) {
      this.turbulence = turbulence;
      this.instance = instance;
      this.random = random;
    }

    int run(int operations) {
      turbulence.randoms.set(random);
      for (int operation = 0; operation < operations; operation++) {
        clock.advance(Duration.ofMillis(random.nextInt(20)));
        act(random.nextInt(1_000));
      }
      return admitted;
    }

    private void act(int chance) {
      if (chance < 500) {
        admit();
      } else if (chance < 900) {
        settleOne();
      } else if (chance < 950) {
        turbulence.table.landOne();
        turbulence.decisions.landOne();
      } else if (chance < 990) {
        instance.settleExpired(tenant());
      } else if (chance < 998) {
        clock.advance(Duration.ofSeconds(random.nextInt(30)));
      } else {
        clock.advance(Duration.ofMinutes(random.nextInt(40)));
      }
    }

    private EndUser endUser() {
      return END_USERS.get(random.nextInt(END_USERS.size()));
    }

    private TenantId tenant() {
      return turbulence.tenants.get(random.nextInt(turbulence.tenants.size()));
    }

    private void admit() {
      var claim =
          Calls.claim(
              random,
              tenant(),
              turbulence.quota,
              "model-" + random.nextInt(3),
              1 + random.nextInt(2_000),
              clock.instant().plusSeconds(20));
      var tier = Calls.tier(turbulence.tier);
      var byEndUser = random.nextInt(3) == 0 ? claim : Calls.of(claim, endUser(), tier);
      if (instance.ledger.admit(byEndUser) instanceof Granted(Reservation reservation, _, _)) {
        admitted++;
        open.add(reservation);
      }
    }

    /** Some die and are never settled, some are settled twice, some use more than they held. */
    private void settleOne() {
      if (open.isEmpty()) {
        return;
      }
      var reservation = open.remove(random.nextInt(open.size()));
      int chance = random.nextInt(100);
      if (chance < 90) {
        settle(reservation);
      }
      if (chance < 5) {
        settle(reservation);
      }
    }

    private void settle(Reservation reservation) {
      long reserve = reservation.entry().tokens();
      boolean overrun = random.nextInt(50) == 0;
      instance.ledger.settle(
          reservation,
          Calls.used(overrun ? reserve + random.nextInt(500) : random.nextLong(reserve + 1)),
          Calls.FACTS,
          clock.instant().plusSeconds(random.nextInt(20)));
    }
  }
}
