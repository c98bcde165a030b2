package dev.chatgate.quota.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.EndUserHold;
import dev.chatgate.quota.ItemOracle;
import dev.chatgate.quota.QuotaWarning;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.DailyTotals;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.quota.simulation.SimCoverage.Situation;
import dev.chatgate.tenant.Quota;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageRecords.Decision;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What must be true of one tenant after every step, and at the end. The {@link ItemOracle} replays
 * the item; here stands what needs the claims, the records' times or the true time.
 */
final class SimCheck {
  private static final Duration NEARLY_TOGETHER = Duration.ofMillis(10);

  /** More than two clocks that are not corrected can differ by. */
  private static final long CLOCKS_APART = 5_000_000_000L;

  /** How far a bucket may be behind one with a real max(). */
  private static final long MAX_BEHIND_NANOS = 250_000_000L;

  private final SimWorld world;
  private final SimCoverage coverage;
  private final Map<String, UsageRecord> records = new HashMap<>();
  private final Map<String, Instant> decidedAt = new HashMap<>();
  private final Map<String, Claim> claims = new HashMap<>();
  private final Map<String, String> claimants = new HashMap<>();
  private final Map<String, Instant> endsBefore = new HashMap<>();
  private final Set<String> grantedIds = new HashSet<>();
  private final Map<String, Long> settledTokens = new HashMap<>();
  private final Set<String> turnedAway = new HashSet<>();
  private final Set<String> unanswered = new HashSet<>();
  private final Set<String> everDecided = new HashSet<>();
  private final List<Landing> landings = new ArrayList<>();
  private final ItemOracle oracle = new ItemOracle(records);
  private final Map<QuotaKey, ItemOracle> endUsers = new HashMap<>();

  /** The newest mark of each end user who was forgotten, epoch seconds. */
  private final Map<QuotaKey, Long> forgotten = new HashMap<>();

  private final Map<QuotaKey, Integer> marks = new HashMap<>();
  private final Map<QuotaKey, Integer> warnings = new HashMap<>();
  private Quota quota = Quota.UNLIMITED;
  private boolean isLate;

  /** An admission in the item's own order. */
  private record Landing(String id, ReservationEntry entry, long now) {}

  SimCheck(SimWorld world, SimCoverage coverage) {
    this.world = world;
    this.coverage = coverage;
  }

  // ---- what the schedule tells

  /** The limits that new calls have from now on. */
  void limits(Quota limits) {
    quota = limits;
  }

  void claimed(Claim claim) {
    claims.put(claim.requestId().reservationId(), claim);
    claimants.put(claim.requestId().reservationId(), world.actor());
  }

  /**
   * A call was let in, and lives.
   *
   * @param endsBefore until then, in true time, no other actor may settle it
   */
  void granted(Reservation reservation, Instant endsBefore) {
    assertEquals(
        reservation.claim().endUserLevel().map(ClaimLevel::key),
        reservation.endUser().map(EndUserHold::key),
        "held at the end user's level");
    var id = reservation.requestId().reservationId();
    grantedIds.add(id);
    this.endsBefore.put(id, endsBefore);
    coverage.count(Situation.GRANTED);
  }

  /** A caller got the answer that nothing is held for it. */
  void turnedAway(Claim claim, Situation how) {
    var id = claim.requestId().reservationId();
    turnedAway.add(id);
    assertTrue(
        everDecided.contains(id) || !unanswered.contains(id),
        "given up without a tombstone record");
    coverage.count(how);
  }

  /** Warnings were given: each for a mark of its own. */
  void warned(Claim claim, List<QuotaWarning> given) {
    for (var warning : given) {
      var level =
          claim.levels().stream().filter(each -> each.scope() == warning.scope()).findFirst();
      var key = level.orElseThrow().key();
      warnings.merge(key, 1, Integer::sum);
      assertTrue(
          warnings.getOrDefault(key, 0) <= marks.getOrDefault(key, 0), "a warning without a mark");
      assertTrue(
          100 * warning.settled() >= warning.percent() * warning.allowed(), "warned too early");
      coverage.count(
          level.get().isOfEndUser() ? Situation.END_USER_WARNED : Situation.TENANT_WARNED);
    }
  }

  /** A mark is made once for a window and a value of the limit. */
  private void countMarks(QuotaKey key, QuotaItem before, QuotaItem after) {
    for (var name : after.attributes().keySet()) {
      if (name.startsWith("warn") && !after.get(name).equals(before.get(name))) {
        marks.merge(key, 1, Integer::sum);
      }
    }
  }

  /** A refused call is held at no level. */
  void holdsNothing(Claim claim) {
    var id = claim.requestId().reservationId();
    claim
        .levels()
        .forEach(level ->
            assertTrue(oracle(level.key()).item().entry(id).isEmpty(), "refused, and held"));
  }

  /** A call got the answer, at its first try, that its use is recorded and applied. */
  void settled(Reservation reservation, long tokens) {
    settledTokens.put(reservation.requestId().reservationId(), tokens);
  }

  /** A record that counts, if there is one. */
  Optional<UsageRecord> anyRecord() {
    var counted =
        records.values().stream()
            .filter(record -> record.kind() == Kind.CALL || record.kind() == Kind.ORPHANED)
            .sorted((one, other) -> one.key().id().compareTo(other.key().id()))
            .toList();
    return counted.isEmpty()
        ? Optional.empty()
        : Optional.of(counted.get(world.random().nextInt(counted.size())));
  }

  ItemOracle oracle() {
    return oracle;
  }

  /** The oracle of an item. */
  ItemOracle oracle(QuotaKey key) {
    return key.isOfEndUser()
        ? endUsers.computeIfAbsent(key, _ -> new ItemOracle(records, key.endUser()))
        : oracle;
  }

  /** All end users' items. */
  Set<QuotaKey> endUsers() {
    return endUsers.keySet();
  }

  QuotaItem item() {
    return oracle.item();
  }

  // ---- after every step

  /** A write got no answer. */
  void unanswered(SimStep step, ItemUpdate update) {
    if (step.isAdmission()) {
      update.actions().forEach(action -> unanswered.add(action.attribute()));
    }
  }

  /** An actor is about to decide what a reservation cost. */
  void decides(UsageRecord record) {
    everDecided.add(record.key().id());
  }

  /** Lets a late write land: its sender has stopped waiting. */
  void late(Supplier<?> landing) {
    isLate = true;
    var _ = landing.get();
    isLate = false;
  }

  /**
   * A write of the item was done.
   *
   * @param now the time that it went by
   */
  void wrote(QuotaKey key, SimStep step, QuotaItem after, Instant now) {
    var before = oracle(key).item();
    if (after.has(ItemNames.FORGOTTEN)) {
      forgotten.merge(key, after.number(ItemNames.FORGOTTEN), Math::max);
    }
    if (before.has(ItemNames.NEWEST_DAY) && !after.has(ItemNames.NEWEST_DAY)) {
      coverage.countIf(!before.entries().isEmpty(), Situation.FORGOTTEN_IN_FLIGHT);
      oracle(key).forget(after);
      return;
    }
    countMarks(key, before, after);
    var came = onlyIn(after, before);
    var went = onlyIn(before, after);
    boolean landedBefore = came.filter(oracle(key).landed()::contains).isPresent();
    oracle(key).step(after, now, came.map(id -> requestNanos(key, id)).orElse(0L));
    if (key.isOfEndUser()) {
      came.ifPresent(id -> admittedAtEndUser(id, after, now));
      went.ifPresent(id -> appliedAtEndUser(id, before));
      return;
    }
    came.ifPresent(id -> admitted(id, after, now, landedBefore));
    went.ifPresent(id -> applied(id, before, after));
    namesAreThere(before, after, came);
    coverage.countIf(
        isLate && Windows.dayOf(now) != Windows.dayOf(world.now()), Situation.LATE_AFTER_MIDNIGHT);
    assertTrue(
        after.number(ItemNames.ENTRIES) == 0 || after.has(ItemNames.DUE_PARTITION),
        "an entry that no reconciler finds, after " + step);
  }

  /**
   * Promise 2 against wrong clocks: a bucket goes back only if it was in an impossible state in
   * true time, whatever the clock said by which it was repaired.
   *
   * @param sentAt the true time at which the write was made up
   */
  void onlyPoisonIsHealed(QuotaKey key, QuotaItem after, Instant sentAt) {
    var before = oracle(key).item();
    if (key.isOfEndUser() && !after.has(ItemNames.NEWEST_DAY)) {
      return;
    }
    long full = Buckets.nanosOf(sentAt) + Buckets.FULL_NANOS;
    if (after.number(ItemNames.REQUESTS_TAT) < before.number(ItemNames.REQUESTS_TAT)) {
      assertTrue(
          before.number(ItemNames.REQUESTS_TAT) > full + CLOCKS_APART,
          "a full request bucket was repaired");
    }
    if (after.number(ItemNames.TOKENS_TAT) < before.number(ItemNames.TOKENS_TAT)) {
      assertTrue(
          before.number(ItemNames.TOKENS_TAT)
              > full + CLOCKS_APART + before.number(ItemNames.TOKENS_OVER),
          "a full token bucket was repaired");
    }
  }

  /** Whatever has a code has a name, and names are no more than there is room for. */
  private void namesAreThere(QuotaItem before, QuotaItem after, Optional<String> came) {
    var names = after.models();
    after
        .entries()
        .forEach((id, entry) -> {
          var claim = claims.get(id);
          var name = names.get(entry.modelCode());
          assertNotNull(name, "the model of an entry has no name");
          assertTrue(
              claim == null || name.equals(claim.model()) || name.equals(ModelCodes.OTHER),
              "the model of an entry has the name of another");
        });
    var found = new HashSet<DayAndModel>();
    for (var rollUp : after.rollUps()) {
      assertTrue(names.containsKey(rollUp.modelCode()), "the model of a roll-up has no name");
      var day = LocalDate.ofEpochDay(rollUp.epochDay());
      boolean first = found.add(new DayAndModel(day, rollUp.model()));
      coverage.countIf(!first, Situation.NAME_WITH_TWO_CODES);
    }
    int count = ModelCodes.namesIn(after);
    assertTrue(count <= after.number(ItemNames.NAMES), "more names than are counted");
    if (count > ModelCodes.namesIn(before)) {
      int room = came.map(claims::get).map(Claim::maxNames).orElse(count);
      assertTrue(count <= room, "more names than there is room for: " + count);
    }
    coverage.countIf(count < ModelCodes.namesIn(before), Situation.NAMES_DROPPED);
  }

  private static Optional<String> onlyIn(QuotaItem item, QuotaItem other) {
    return item.entries().keySet().stream().filter(id -> other.entry(id).isEmpty()).findFirst();
  }

  /** What a request is charged, in bucket time; nothing without a limit, and for corrections. */
  private long requestNanos(QuotaKey key, String id) {
    var claim = claims.get(id);
    return claim == null
        ? 0
        : Buckets.nanosFor(1, level(claim, key).quota().get(Limits.REQUESTS_PER_MINUTE));
  }

  private static ClaimLevel level(Claim claim, QuotaKey key) {
    return claim.levels().stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
  }

  /** The store dropped an end user's item. */
  void expired(QuotaKey key) {
    coverage.count(Situation.EXPIRED);
    coverage.countIf(!oracle(key).item().entries().isEmpty(), Situation.EXPIRED_IN_FLIGHT);
    oracle(key).forget(QuotaItem.EMPTY);
  }

  /** A hold at the end user's level keeps to the tier, and no blocked end user is admitted. */
  private void admittedAtEndUser(String id, QuotaItem after, Instant now) {
    var entry = after.entry(id).orElseThrow();
    var claim = claims.get(id);
    if (claim == null) {
      assertTrue(entry.isCorrection(), "an end user's entry without a claim");
      return;
    }
    var level = claim.endUserLevel().orElseThrow();
    assertFalse(after.has(ItemNames.BLOCKED), "a blocked end user was admitted");
    assertEquals(level.operatorTier(), after.text(ItemNames.OPERATOR_TIER), "the tier in force");
    ItemOracle.assertWithin(level.quota(), after, entry, now);
  }

  private void appliedAtEndUser(String id, QuotaItem before) {
    var entry = before.entry(id).orElseThrow();
    var record = records.get(id);
    if (record == null) {
      assertTrue(oracle.item().entry(id).isEmpty(), "let go, and the tenant still holds it");
      assertFalse(oracle.landed().contains(id), "let go without a record, and it was admitted");
      assertTrue(
          world.isActor("main") || world.actor().equals(claimants.get(id)),
          "let go without a record by another call");
      coverage.count(Situation.RELEASED_AFTER_THE_TENANT_REFUSED);
      return;
    }
    var share = record.endUser();
    boolean own = record.counts() && share.filter(s -> s.attempt() == entry.nonce()).isPresent();
    coverage.countIf(
        record.counts() && share.isPresent() && !own, Situation.END_USERS_DUPLICATE_RELEASED);
    coverage.countIf(own && record.kind() == Kind.ORPHANED, Situation.END_USER_ORPHANED);
    coverage.countIf(own && record.kind() == Kind.CORRECTION, Situation.END_USER_CORRECTED);
    coverage.countIf(
        own && !share.get().day().equals(record.day()), Situation.MIDNIGHT_BETWEEN_THE_LEVELS);
    var claim = claims.get(id);
    coverage.countIf(
        claim != null
            && !claim.caller().operatorTier().equals(before.text(ItemNames.OPERATOR_TIER)),
        Situation.TIER_CHANGED_IN_FLIGHT);
  }

  /** The tenant's entry is what leads to the end user's: it goes last. */
  private void goesLast(String id, ReservationEntry entry) {
    entry
        .endUser()
        .ifPresent(named ->
            endUsers.forEach((key, items) -> {
              var left = items.item().entry(id).filter(found -> found.nonce() == named.nonce());
              assertTrue(
                  left.isEmpty() || !key.endUser().orElseThrow().equals(named.hash()),
                  "the tenant's entry went before the end user's");
            }));
  }

  private void admitted(String id, QuotaItem after, Instant now, boolean landedBefore) {
    var entry = after.entry(id).orElseThrow();
    var claim = claims.get(id);
    if (claim == null) {
      assertTrue(entry.isCorrection(), "an entry without a claim");
      return;
    }
    ItemOracle.assertWithin(claim.quota(), after, entry, now);
    assertEquals(
        claim.endUserLevel().isPresent(), entry.endUser().isPresent(), "names its end user");
    for (var endUser : endUsers.values()) {
      assertFalse(endUser.releasedWithoutRecord().contains(id), "the end user's was let go");
    }
    coverage.countIf(
        entry.modelCode() == ModelCodes.OTHER_CODE && !claim.model().equals(ModelCodes.OTHER),
        Situation.NAME_WITHOUT_ROOM);
    landings.add(new Landing(id, entry, Buckets.nanosOf(now)));
    if (records.containsKey(id)) {
      coverage.count(
          landedBefore ? Situation.LATE_AFTER_APPLY : Situation.LATE_AFTER_THE_RECORD_ONLY);
    }
    int today = Windows.dayOf(world.now());
    coverage.countIf(!isLate && entry.epochDay() != today, Situation.DAY_BY_A_SKEWED_CLOCK);
    coverage.countIf(
        !isLate && Windows.monthOf(entry.epochDay()) != Windows.monthOf(today),
        Situation.MONTH_BY_A_SKEWED_CLOCK);
  }

  private void applied(String id, QuotaItem before, QuotaItem after) {
    var entry = before.entry(id).orElseThrow();
    goesLast(id, entry);
    var record = records.get(id);
    assertNotNull(record, "an entry went without a record");
    boolean duplicate = record.attempt() != entry.nonce();
    if (!duplicate && record.kind() != Kind.CORRECTION && !record.overrun()) {
      assertTrue(record.charged().tokens() <= entry.tokens(), "more tokens than were held");
      assertTrue(record.charged().microUsd() <= entry.microUsd(), "more money than was held");
    }
    coverage.countIf(duplicate, Situation.LATE_DUPLICATE_RELEASED);
    coverage.countIf(
        !duplicate
            && record.model().equals(ModelCodes.OTHER)
            && entry.modelCode() != ModelCodes.OTHER_CODE,
        Situation.NAME_NOT_KEPT);
    coverage.countIf(record.overrun() && !duplicate, Situation.OVERRUN);
    var claim = claims.get(id);
    coverage.countIf(
        claim != null && !claim.quota().equals(quota), Situation.LIMIT_CHANGED_IN_FLIGHT);
    var yesterday = ItemNames.dayTokens(after.newestDay() - 1);
    coverage.countIf(after.has(yesterday), Situation.OLD_WINDOW_KEPT);
    coverage.countIf(before.has(yesterday) && !after.has(yesterday), Situation.OLD_WINDOW_DROPPED);
  }

  /** An actor tried to decide what a reservation cost. */
  void decided(UsageRecord record, Decision decision) {
    switch (decision) {
      case Decision.Written _ -> written(record);
      case Decision.Standing(UsageRecord standing) -> met(record, standing);
      case Decision.NotDone _ -> {}
    }
  }

  private void written(UsageRecord record) {
    var id = record.key().id();
    var other = records.put(id, record);
    assertEquals(null, other, "two records of one id");
    decidedAt.put(id, world.now());
    coverage.count(
        switch (record.kind()) {
          case CALL -> Situation.RECORDED;
          case ORPHANED -> Situation.ORPHANED;
          case RELEASED -> Situation.RELEASED;
          case CORRECTION ->
              record.call().isPresent() ? Situation.ORPHAN_CORRECTED : Situation.CORRECTED;
          case UNKNOWN -> throw new AssertionError("this release writes no such record");
        });
    namesItsEndUser(record);
    if (record.kind() == Kind.ORPHANED) {
      orphaned(id, record);
      coverage.countIf(world.isActor("call"), Situation.BOTH_FOUND_AT_THE_END_USER);
    }
    boolean found =
        record.kind() == Kind.RELEASED
            && oracle.item().entry(id).isEmpty()
            && endUsers.values().stream()
                .flatMap(items -> items.item().entry(id).stream())
                .anyMatch(entry -> !record.decidedAt().isBefore(entry.deadline()));
    coverage.countIf(found, Situation.FOUND_AT_THE_END_USER);
  }

  /** What was held at an end user is charged there; what is corrected is corrected there, too. */
  private void namesItsEndUser(UsageRecord record) {
    boolean named = record.endUser().isPresent();
    switch (record.kind()) {
      case CALL -> {
        var claim = claims.get(record.key().id());
        assertNotNull(claim, "a record of a call that was never claimed");
        assertEquals(claim.endUserLevel().isPresent(), named, "a call names its end user");
      }
      case CORRECTION -> {
        var corrected = records.get(record.corrected().orElseThrow().key().id());
        assertNotNull(corrected, "a correction of no record");
        boolean afterForgetting = corrected.endUser().isPresent() && isForgotten(corrected);
        coverage.countIf(afterForgetting && !named, Situation.CORRECTED_AFTER_FORGETTING);
        if (!afterForgetting) {
          assertEquals(corrected.endUser().isPresent(), named, "a correction names the end user");
        }
      }
      case ORPHANED, RELEASED, UNKNOWN -> {}
    }
  }

  private boolean isForgotten(UsageRecord call) {
    var hash = call.endUser().orElseThrow().endUser();
    var mark = forgotten.get(QuotaKey.of(call.key().tenant()).ofEndUser(hash));
    return mark != null && mark >= call.key().admittedAt().getEpochSecond();
  }

  /** Only what is there can be an orphan, and not before its time. */
  private void orphaned(String id, UsageRecord record) {
    var entry = oracle.item().entry(id).orElseThrow();
    assertEquals(entry.nonce(), record.attempt(), "the orphan's nonce");
    assertFalse(record.decidedAt().isBefore(entry.deadline()), "orphaned before its deadline");
    var lives = endsBefore.get(id);
    assertFalse(lives != null && world.now().isBefore(lives), "a live call was orphaned");
  }

  private void met(UsageRecord wanted, UsageRecord standing) {
    if (wanted.equals(standing)) {
      return;
    }
    var since = Duration.between(decidedAt.get(standing.key().id()), world.now());
    boolean together = since.compareTo(NEARLY_TOGETHER) < 0;
    boolean both = wanted.kind() == Kind.ORPHANED && standing.kind() == Kind.ORPHANED;
    coverage.countIf(both, Situation.RECONCILERS_MET);
    coverage.countIf(together && wanted.kind() != standing.kind(), Situation.MET_AT_THE_DEADLINE);
  }

  // ---- at the end

  /** Nothing is in flight, everything is counted, and no caller got a wrong answer. */
  void end(SortedMap<DayAndModel, UsageTotals> usage, Duration mostSkew) {
    oracle.assertSettled();
    endUsers.values().forEach(ItemOracle::assertSettled);
    endUsers.values().forEach(ItemOracle::assertRequestsWithinBound);
    assertFalse(oracle.item().has(ItemNames.DUE_PARTITION), "still in the index");
    usageIs(usage);
    var sums = new TreeMap<DayAndModel, UsageTotals>();
    for (var record : records.values()) {
      sums.merge(
          new DayAndModel(record.day(), record.model()), record.charged(), UsageTotals::plus);
    }
    sums.values().removeIf(UsageTotals.ZERO::equals);
    assertEquals(sums, usage, "usage = records");
    callersWereToldTheTruth();
    oracle.assertRequestsWithinBound();
    var extended = oracle.extendedAfterEmpty();
    var set = oracle.setAfterEmpty();
    coverage.countIf(extended.contains(ItemNames.REQUESTS_TAT), Situation.REQUESTS_EXTENDED);
    coverage.countIf(extended.contains(ItemNames.TOKENS_TAT), Situation.TOKENS_EXTENDED);
    coverage.countIf(set.contains(ItemNames.REQUESTS_TAT), Situation.REQUESTS_SET);
    coverage.countIf(set.contains(ItemNames.TOKENS_TAT), Situation.TOKENS_SET);
    if (mostSkew.compareTo(Duration.ofSeconds(2)) <= 0) {
      minutesKeepTheirBound(mostSkew);
    }
  }

  /** Usage as it is read is what was applied, wherever it is kept by now. */
  void usageIs(SortedMap<DayAndModel, UsageTotals> usage) {
    var applied = new TreeMap<>(oracle.movedOut());
    for (var rollUp : oracle.item().rollUps()) {
      var day = LocalDate.ofEpochDay(rollUp.epochDay());
      applied.merge(new DayAndModel(day, rollUp.model()), rollUp.tally(), UsageTotals::plus);
    }
    applied.values().removeIf(UsageTotals.ZERO::equals);
    assertEquals(applied, usage, "usage = records applied");
  }

  /** Calls that were applied so far, wherever they are kept by now. */
  long callsApplied() {
    return calls(oracle.movedOut().values())
        + calls(oracle.item().rollUps().stream().map(DailyTotals::tally).toList());
  }

  static long calls(Collection<UsageTotals> tallies) {
    return tallies.stream().mapToLong(UsageTotals::calls).sum();
  }

  private void callersWereToldTheTruth() {
    for (var id : grantedIds) {
      var record = records.get(id);
      assertNotNull(record, "a granted call has no record");
      assertTrue(record.counts(), "a granted call was released");
    }
    settledTokens.forEach((id, tokens) -> assertEquals(tokens, charged(id), "tokens charged"));
    for (var id : turnedAway) {
      var record = records.get(id);
      assertTrue(record == null || record.kind() != Kind.CALL, "turned away, and charged");
    }
    for (var record : records.values()) {
      assertTrue(
          record.kind() != Kind.CALL || oracle.landed().contains(record.key().id()),
          "a record of a call that was never admitted");
    }
  }

  /** Of the call's own record, and of its correction if the reconciler came first. */
  private long charged(String id) {
    return records.values().stream()
        .filter(record -> record.kind() != Kind.CORRECTION || record.call().isPresent())
        .filter(record ->
            record.corrected().map(c -> c.key().id()).orElse(record.key().id()).equals(id))
        .mapToLong(record -> record.charged().tokens())
        .sum();
  }

  /**
   * Promise 2 for tokens in plain words: calls admitted within any stretch of time use at most a
   * full bucket, what that time refills, and what 250 ms refill.
   */
  private void minutesKeepTheirBound(Duration mostSkew) {
    long slack = MAX_BEHIND_NANOS + 2 * mostSkew.toNanos();
    for (var first : landings) {
      for (var last : landings) {
        long used = 0;
        for (var each : landings) {
          boolean within = each.now() >= first.now() && each.now() <= last.now();
          used += within ? used(each) : 0;
        }
        long stretch = Math.max(0, last.now() - first.now());
        assertTrue(used <= Buckets.FULL_NANOS + stretch + slack, "minute limit passed");
      }
    }
  }

  /** Bucket time that a call used of what it held; an overrun takes more, later. */
  private long used(Landing landing) {
    var record = records.get(landing.id());
    return record == null || !record.counts() || record.attempt() != landing.entry().nonce()
        ? 0
        : Math.min(record.bucketNanos(), landing.entry().holdNanos());
  }
}
