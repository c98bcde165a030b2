package dev.chatgate.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageRecords.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every store of records and rows must do, and what is read from them. */
public abstract class UsageStoreContract {
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final LocalDate TODAY = LocalDate.parse("2026-11-23");
  private static final UsageTotals SOME = new UsageTotals(1, 10, 3, 20, 300, 1);

  private final TenantId tenant = new TenantId("usage-" + TENANTS.incrementAndGet());
  private final QuotaTable table;
  private final UsageRecords records;
  private final DayRows rows;

  /**
   * @param table several tests may share what is behind it
   * @param records likewise
   * @param rows likewise
   */
  protected UsageStoreContract(QuotaTable table, UsageRecords records, DayRows rows) {
    this.table = table;
    this.records = records;
    this.rows = rows;
  }

  private UsageRecord record(String id, Instant admittedAt, Kind kind) {
    return new UsageRecord(
        new UsageRecord.Key(tenant, admittedAt, id),
        kind,
        3,
        TODAY,
        "org/model#1",
        65_535,
        SOME,
        1_000,
        2_000,
        123_456_789L,
        true,
        Instant.parse("2026-11-23T12:00:30.250Z"),
        Optional.empty(),
        Optional.empty());
  }

  private UsageRecord.Call call() {
    return new UsageRecord.Call(
        "req_aaaaaaaaaaaaid0000000001",
        "laptop",
        Optional.of("person@example.com"),
        new CallFacts(
            502,
            Optional.of("upstream_incomplete"),
            true,
            2,
            "provider/model",
            Optional.of(Duration.ofMillis(17)),
            Duration.ofMillis(4_321)),
        500,
        500,
        Optional.of("{\"prompt_tokens\":10,\"completion_tokens\":20}"),
        Optional.of(
            new UsageRecord.PriceUsed(
                LocalDate.parse("2026-01-01"),
                new ModelPrice.Tier(128_000, 3_000_000, OptionalLong.of(300_000), 15_000_000))));
  }

  @Test
  void theFirstRecordStands() {
    var first = record("id0000000001", NOON, Kind.CALL);
    assertInstanceOf(Decision.Written.class, records.decide(first));
    var second = record("id0000000001", NOON, Kind.ORPHANED);
    assertEquals(new Decision.Standing(first), records.decide(second));
    assertEquals(Optional.of(first), records.find(first.key()));
  }

  /** A record of which every field is set. */
  protected final UsageRecord full(Kind kind) {
    var bare = record(kind.name(), NOON, kind);
    return new UsageRecord(
        bare.key(),
        kind,
        bare.attempt(),
        bare.day(),
        bare.model(),
        bare.keyCode(),
        UsageTotals.ZERO.minus(SOME),
        bare.reservedTokens(),
        bare.reservedMicroUsd(),
        bare.bucketNanos(),
        false,
        bare.decidedAt(),
        Optional.of(
            new UsageRecord.Corrected(
                new UsageRecord.Key(tenant, NOON.minusSeconds(90_000), "other0000001"),
                TODAY.minusDays(1),
                Optional.of("why"))),
        Optional.of(call()),
        Optional.of(
            new EndUserShare(
                new EndUserHash(-81_985_529_216_486_896L),
                65_537,
                TODAY,
                TODAY.minusDays(1),
                1_234_567_890_123L)));
  }

  @ParameterizedTest
  @EnumSource
  void everyFieldIsKept(Kind kind) {
    var full = full(kind);
    records.decide(full);
    assertEquals(Optional.of(full), records.find(full.key()));
  }

  @Test
  void recordsAreReadInTheOrderOfTheirFirstAttempts() {
    var expected = new ArrayList<UsageRecord>();
    for (int second = 0; second < 5; second++) {
      var record = record("id000000000" + second, NOON.plusSeconds(second), Kind.CALL);
      records.decide(record);
      expected.add(record);
    }
    var found = new ArrayList<UsageRecord>();
    records.forEach(tenant, NOON.plusSeconds(1), NOON.plusSeconds(4), found::add);
    assertEquals(expected.subList(1, 4), found);
  }

  @Test
  void rowsOfDaysAreReadByDate() {
    for (int day = 0; day < 4; day++) {
      var row = new DayRow(tenant, 0, TODAY.plusDays(day), "m", 0, SOME);
      assertEquals(row, rows.putIfAbsent(row));
      assertEquals(row, rows.putIfAbsent(row));
    }
    var found = new ArrayList<DayRow>();
    rows.forEach(tenant, TODAY.plusDays(1), TODAY.plusDays(2), found::add);
    assertEquals(
        List.of(TODAY.plusDays(1), TODAY.plusDays(2)), found.stream().map(DayRow::day).toList());
    assertEquals(SOME, found.getFirst().tally());
  }

  @Test
  void rowsOfTwoItemsOfATenantStandBesideEachOther() {
    var first = new DayRow(tenant, 0, TODAY, "m", 0, SOME);
    var second = new DayRow(tenant, 1, TODAY, "m", 0, SOME.plus(SOME));
    assertEquals(first, rows.putIfAbsent(first));
    assertEquals(second, rows.putIfAbsent(second));
    assertEquals(second, rows.putIfAbsent(new DayRow(tenant, 1, TODAY, "m", 0, SOME)));
    var found = new ArrayList<DayRow>();
    rows.forEach(tenant, TODAY, TODAY, found::add);
    assertEquals(
        List.of(first, second),
        found.stream().sorted((a, b) -> Integer.compare(a.shard(), b.shard())).toList());
  }

  private UsageReader.Usage<DayAndModel> read(
      Instant now, Quota quota, LocalDate from, LocalDate to) {
    return read(now, quota, from, to, Function.identity());
  }

  private <K extends Comparable<? super K>> UsageReader.Usage<K> read(
      Instant now, Quota quota, LocalDate from, LocalDate to, Function<DayAndModel, K> group) {
    var whole =
        new Tenant(
            tenant, TenantStatus.ACTIVE, quota, Optional.empty(), Map.of(), Optional.empty());
    return new UsageReader(table, rows, new TestClock(now)).read(whole, from, to, group);
  }

  @Test
  void usageIsWhatTheItemStillHasAndTheRowsOfTheOtherDays() {
    var clock = new TestClock(NOON);
    var random = new Random(2);
    var ledger = new QuotaLedger(table, records, clock, random, clock, LedgerListener.NONE);
    var quota = Calls.limits().tokensPerDay(1_000).tokensPerMinute(6_000).concurrent(5).quota();
    for (var model : List.of("a", "b", "a")) {
      var claim = Calls.claim(random, tenant, quota, model, 100, NOON.plusSeconds(5));
      var granted = assertInstanceOf(Admission.Granted.class, ledger.admit(claim));
      ledger.settle(granted.reservation(), Calls.used(30), Calls.FACTS, NOON.plusSeconds(5));
    }
    ledger.admit(Calls.claim(random, tenant, quota, "a", 100, NOON.plusSeconds(5)));
    var yesterday = TODAY.minusDays(1);
    rows.putIfAbsent(new DayRow(tenant, 0, yesterday, "a", 0, SOME));
    rows.putIfAbsent(new DayRow(tenant, 0, yesterday, "a", 1, SOME));
    rows.putIfAbsent(new DayRow(tenant, 0, TODAY, "a", 0, SOME));

    var usage = read(NOON, quota, yesterday, TODAY);
    assertEquals(
        new UsageTotals(2, 30, 0, 30, 60, 0), usage.tallies().get(new DayAndModel(TODAY, "a")));
    var byDay = read(NOON, quota, yesterday, TODAY, DayAndModel::day).tallies();
    assertEquals(2, byDay.getOrDefault(yesterday, UsageTotals.ZERO).calls());
    assertEquals(90, byDay.getOrDefault(TODAY, UsageTotals.ZERO).tokens());
    var byModel = read(NOON, quota, yesterday, TODAY, DayAndModel::model).tallies();
    assertEquals(4, byModel.getOrDefault("a", UsageTotals.ZERO).calls());
    assertEquals(2, read(NOON, quota, TODAY, TODAY).tallies().size());
    assertEquals(
        List.of(
            new LimitState(
                Limits.TOKENS_PER_MINUTE,
                6_000,
                90,
                100,
                5_810,
                Optional.of(NOON.plusMillis(1_900))),
            new LimitState(
                Limits.TOKENS_PER_DAY,
                1_000,
                90,
                100,
                810,
                Optional.of(Instant.parse("2026-11-24T00:00:00Z"))),
            new LimitState(Limits.CONCURRENT_REQUESTS, 5, 0, 1, 4, Optional.empty())),
        usage.limits());
  }

  @Test
  void aTenantThatNeverCalledUsedNothing() {
    var quota = Calls.limits().requestsPerMinute(60).tokensPerMonth(1_000).quota();
    var usage = read(NOON, quota, TODAY, TODAY);
    assertEquals(Map.of(), usage.tallies());
    assertEquals(60, usage.limits().getFirst().remaining());
    assertEquals(Optional.empty(), usage.limits().getFirst().resetsAt());
    assertEquals(1_000, usage.limits().getLast().remaining());
  }
}
