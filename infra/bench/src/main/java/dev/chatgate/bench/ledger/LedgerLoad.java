package dev.chatgate.bench.ledger;

import dev.chatgate.RequestId;
import dev.chatgate.bench.report.Distribution;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreTime;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Load on the ledger: callers that make complete calls, one after the other, on some tenants. */
final class LedgerLoad {
  /** Number of ledgers; like function instances, each has its own view of the item's state. */
  static final int INSTANCES = 4;

  private static final String MODEL = "bench/model";
  private static final Duration CALL_LIMIT = Duration.ofSeconds(60);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration MAX_A_RUN = Duration.ofMinutes(2);
  private static final int PROMPT = 300;
  private static final int COMPLETION = 500;
  private static final TokenCounts USED = new TokenCounts(280, 0, 150);
  private static final long TOKENS_PER_MINUTE = 50_000_000;
  private static final long VERY_HIGH = 1_000_000_000_000L;

  private final int callers;
  private final OptionalLong requestsPerMinute;
  private final LedgerStore store;
  private final List<Caller> tenants;
  private final SecureRandom random = new SecureRandom();
  private final Attempts attempts = new Attempts();
  private final List<Ledger> ledgers;
  private final Queue<Long> micros = new ConcurrentLinkedQueue<>();
  private final List<Long> ratesPerSecond = new ArrayList<>();
  private final Map<String, Long> operations = new TreeMap<>();
  private long refusedWrites;
  private double writeUnits;

  /**
   * @param store the store to use
   * @param tenants number of tenants, used in turn
   * @param callers number of concurrent callers
   * @param requestsPerMinute the tenants' limit; empty for none. All other limits are set and very
   *     high
   */
  LedgerLoad(LedgerStore store, int tenants, int callers, OptionalLong requestsPerMinute) {
    this.store = store;
    this.callers = callers;
    this.requestsPerMinute = requestsPerMinute;
    var name = "t%d-c%d-r%d-".formatted(tenants, callers, requestsPerMinute.orElse(0));
    var quota = wide(requestsPerMinute);
    this.tenants = IntStream.range(0, tenants).mapToObj(i -> caller(name + i, quota)).toList();
    ledgers = ledgers();
  }

  private List<Ledger> ledgers() {
    return IntStream.range(0, INSTANCES).mapToObj(_ -> ledger()).toList();
  }

  private Ledger ledger() {
    return new QuotaLedger(
        store.table(),
        store.records(),
        StoreTime.trusted(Clock.systemUTC()),
        random,
        Pause.SLEEP,
        LedgerListener.NONE);
  }

  private static Caller caller(String tenant, Quota quota) {
    var id = new TenantId(tenant);
    var config =
        new Tenant(id, TenantStatus.ACTIVE, quota, Optional.empty(), Map.of(), Optional.empty());
    return Caller.of(
        new Credential(config, Optional.empty(), "bench", 0, Optional.empty(), Scope.DEFAULT));
  }

  private static Quota wide(OptionalLong requestsPerMinute) {
    return Quota.UNLIMITED
        .with(Limits.REQUESTS_PER_MINUTE, requestsPerMinute)
        .with(Limits.TOKENS_PER_MINUTE, TOKENS_PER_MINUTE)
        .with(Limits.TOKENS_PER_DAY, VERY_HIGH)
        .with(Limits.TOKENS_PER_MONTH, VERY_HIGH)
        .with(Limits.COST_PER_MONTH, VERY_HIGH)
        .with(Limits.CONCURRENT_REQUESTS, 1_000);
  }

  int tenants() {
    return tenants.size();
  }

  int callers() {
    return callers;
  }

  /** The tenants' limit as text for a table. */
  String requestsPerMinute() {
    return requestsPerMinute.isPresent() ? Long.toString(requestsPerMinute.getAsLong()) : "none";
  }

  Attempts attempts() {
    return attempts;
  }

  /** The time of each call in microseconds. */
  Distribution micros() {
    return new Distribution(micros);
  }

  Collection<Long> ratesPerSecond() {
    return ratesPerSecond;
  }

  /** Number of requests to the store by operation. */
  Map<String, Long> operations() {
    return operations;
  }

  /** Conditional writes that an admission took, on average. */
  double writesAnAdmission() {
    return (double) admissionWrites() / attempts.all();
  }

  /** Conditional writes that the applying of a record took, on average. */
  double writesAnApplying() {
    return (double) (operations.getOrDefault("UpdateItem", 0L) - admissionWrites())
        / attempts.granted();
  }

  private long admissionWrites() {
    return attempts.byAttempts().entrySet().stream()
        .mapToLong(count -> count.getKey() * count.getValue().sum())
        .sum();
  }

  long refusedWrites() {
    return refusedWrites;
  }

  double writeUnits() {
    return writeUnits;
  }

  double perCall(double total) {
    return total / micros.size();
  }

  /** Makes calls that are not counted. Afterwards the tenants' items exist. */
  void warmUp(int calls) throws InterruptedException {
    makeCalls(calls, ledgers(), new Attempts(), new ConcurrentLinkedQueue<>());
  }

  /** Makes calls and adds their results to the counters. */
  void run(int calls) throws InterruptedException {
    store.calls().reset();
    store.table().reset();
    long start = System.nanoTime();
    makeCalls(calls, ledgers, attempts, micros);
    long nanos = System.nanoTime() - start;
    ratesPerSecond.add(Math.round(calls * 1e9 / nanos));
    store.calls().calls().forEach((operation, n) -> operations.merge(operation, n, Long::sum));
    refusedWrites += store.table().refused();
    writeUnits += store.calls().units() + store.table().unitsRefused();
  }

  private void makeCalls(int calls, List<Ledger> through, Attempts counted, Queue<Long> times)
      throws InterruptedException {
    var next = new AtomicInteger();
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
      for (int caller = 0; caller < callers; caller++) {
        var ledger = through.get(caller % through.size());
        var _ =
            threads.submit(() -> {
              for (int i = next.getAndIncrement(); i < calls; i = next.getAndIncrement()) {
                times.add(call(ledger, counted, tenants.get(i % tenants.size())));
              }
              return null;
            });
      }
      threads.shutdown();
      if (!threads.awaitTermination(MAX_A_RUN.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the calls did not end in time");
      }
    }
  }

  private long call(Ledger ledger, Attempts counted, Caller caller) {
    long start = System.nanoTime();
    var admission = ledger.admit(claim(caller));
    counted.count(admission);
    if (admission instanceof Admission.Granted granted) {
      var used =
          new Consumption.Measured(USED, "{\"prompt_tokens\":280,\"completion_tokens\":150}");
      counted.count(
          ledger.settle(granted.reservation(), used, facts(), Instant.now().plus(TIMEOUT)));
    }
    return (System.nanoTime() - start) / 1_000;
  }

  private Claim claim(Caller caller) {
    return new Claim(
        RequestId.fresh(random),
        caller,
        MODEL,
        PROMPT,
        COMPLETION,
        Optional.of(price()),
        CALL_LIMIT,
        Instant.now().plus(TIMEOUT));
  }

  private static ModelPrice price() {
    var tier = new ModelPrice.Tier(0, 150_000, OptionalLong.of(75_000), 600_000);
    return new ModelPrice(MODEL, LocalDate.EPOCH, List.of(tier));
  }

  private static CallFacts facts() {
    return new CallFacts(
        200,
        Optional.empty(),
        true,
        0,
        MODEL,
        Optional.of(Duration.ofMillis(120)),
        Duration.ofSeconds(1));
  }
}
