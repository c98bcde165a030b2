package dev.chatgate.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.quota.settle.Charge;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.Quota;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * An independent account of one quota item. It is shown every state in the item's own order, and
 * keeps windows, buckets and roll-ups by plain arithmetic, with a real max() where the item's
 * writes have branches. It knows what an entry cost from the records alone.
 */
public final class ItemOracle {
  private static final long MAX_TAT_AHEAD_NANOS = 70_000_000_000L;
  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final long FULL_NANOS = MINUTE_NANOS + 1_000;

  /** How far a bucket may be behind one with a real max(). */
  private static final long MAX_BEHIND_NANOS = 250_000_000L;

  private final Map<String, UsageRecord> records;
  private final Optional<EndUserHash> endUser;
  private final Map<String, Long> windows = new TreeMap<>();
  private final Map<DayAndModel, UsageTotals> rollUps = new TreeMap<>();
  private final Map<DayAndModel, UsageTotals> movedOut = new TreeMap<>();
  private final Set<String> charged = new HashSet<>();
  private final Set<String> landed = new HashSet<>();
  private final Set<String> releasedWithoutRecord = new HashSet<>();
  private final Set<String> forgotten = new HashSet<>();
  private QuotaItem item = QuotaItem.EMPTY;
  private final List<Request> requests = new ArrayList<>();
  private final Set<String> extendedAfterEmpty = new HashSet<>();
  private final Set<String> setAfterEmpty = new HashSet<>();
  private long requestsTat;
  private long tokensTat;
  private long held;

  /**
   * An admission that charged the request bucket.
   *
   * @param now the time that it went by, epoch nanoseconds
   * @param nanos what it charged, in bucket time
   */
  private record Request(long now, long nanos) {}

  /**
   * @param records all records of the tenant, by the reservation's id
   */
  public ItemOracle(Map<String, UsageRecord> records) {
    this(records, Optional.empty());
  }

  /**
   * @param records all records of the tenant, by the reservation's id
   * @param endUser the end user, if it is not the tenant's item
   */
  public ItemOracle(Map<String, UsageRecord> records, Optional<EndUserHash> endUser) {
    this.records = records;
    this.endUser = endUser;
  }

  /**
   * The counters and the calls in flight are gone: an end user was forgotten, or the item expired.
   *
   * @param after what is left
   */
  public void forget(QuotaItem after) {
    forgotten.addAll(item.entries().keySet());
    windows.clear();
    requests.clear();
    requestsTat = 0;
    tokensTat = 0;
    held = 0;
    item = after;
    compare(after);
  }

  /** Entries of an end user's item that were let go without a record. */
  public Set<String> releasedWithoutRecord() {
    return releasedWithoutRecord;
  }

  /** The ids of all reservations that ever were in the item, corrections not among them. */
  public Set<String> landed() {
    return landed;
  }

  /** What roll-ups lost to rows of the Usage table. */
  public Map<DayAndModel, UsageTotals> movedOut() {
    return movedOut;
  }

  /** The buckets that were extended when they had been empty for at most 250 ms. */
  public Set<String> extendedAfterEmpty() {
    return extendedAfterEmpty;
  }

  /** The buckets that began at the present when they had been empty for at most 250 ms. */
  public Set<String> setAfterEmpty() {
    return setAfterEmpty;
  }

  /** The last state shown. */
  public QuotaItem item() {
    return item;
  }

  /**
   * Looks at the next state.
   *
   * @param after the item after one write
   * @param now the time that the write went by
   * @param requestNanos what an admission charges the request bucket, in bucket time; 0 without a
   *     limit of requests a minute
   */
  public void step(QuotaItem after, Instant now, long requestNanos) {
    var before = item.entries();
    var entries = after.entries();
    long nanos = Buckets.nanosOf(now);
    int changed = 0;
    for (var entry : entries.entrySet()) {
      if (!entry.getValue().equals(before.get(entry.getKey()))) {
        assertFalse(before.containsKey(entry.getKey()), "an entry was overwritten");
        admitted(entry.getKey(), entry.getValue(), after, nanos, requestNanos);
        changed++;
      }
    }
    for (var entry : before.entrySet()) {
      if (!entries.containsKey(entry.getKey())) {
        applied(entry.getKey(), entry.getValue(), after, nanos);
        changed++;
      }
    }
    assertTrue(changed <= 1, "one write, one entry");
    if (changed == 0) {
      repairedOrMoved(after, nanos);
    }
    compare(after);
    item = after;
  }

  private void admitted(
      String id, ReservationEntry entry, QuotaItem after, long now, long requestNanos) {
    int month = Windows.monthOf(entry.epochDay());
    windows.merge(ItemNames.dayTokens(entry.epochDay()), entry.tokens(), Long::sum);
    windows.merge(ItemNames.monthTokens(month), entry.tokens(), Long::sum);
    windows.merge(ItemNames.monthMicroUsd(month), entry.microUsd(), Long::sum);
    held += entry.holdNanos();
    assertTrue(entry.epochDay() >= item.newestDay(), "a window of the past was charged");
    if (!entry.isCorrection()) {
      landed.add(id);
    }
    assertFalse(changed(ItemNames.TOKENS_TAT, after), "an admission charged tokens");
    if (requestNanos == 0) {
      assertFalse(changed(ItemNames.REQUESTS_TAT, after), "a request was charged without a limit");
    } else {
      requested(after, now, requestNanos);
    }
  }

  private void requested(QuotaItem after, long now, long nanos) {
    requestsTat = charged(ItemNames.REQUESTS_TAT, after, requestsTat, now, nanos);
    assertTrue(after.number(ItemNames.REQUESTS_TAT) <= now + FULL_NANOS, "too many requests");
    requests.add(new Request(now, nanos));
  }

  /**
   * A charge costs the same wherever the bucket stands: it extends the TAT, or begins at the
   * present. Whichever it does, the bucket is never ahead of one with a real max(), nor behind it
   * by more than is allowed.
   *
   * @param exact the TAT of a bucket with a real max() before the charge
   * @return after it
   */
  private long charged(String name, QuotaItem after, long exact, long now, long nanos) {
    long tatBefore = item.number(name);
    long tat = after.number(name);
    assertTrue(
        tat == tatBefore + nanos || (tat == now + nanos && tatBefore < now),
        () -> name + " went from " + tatBefore + " to " + tat + " at " + now + " by " + nanos);
    long exactAfter = Math.max(exact, now) + nanos;
    assertTrue(tat <= exactAfter, name + " is ahead of an exact bucket");
    assertTrue(
        tat >= exactAfter - MAX_BEHIND_NANOS,
        () -> name + " is behind an exact bucket by " + (exactAfter - tat));
    if (tatBefore < now && tatBefore >= now - MAX_BEHIND_NANOS) {
      (tat == tatBefore + nanos ? extendedAfterEmpty : setAfterEmpty).add(name);
    }
    return exactAfter;
  }

  private void applied(String id, ReservationEntry entry, QuotaItem after, long now) {
    var record = records.get(id);
    var charge = record == null ? releasedWithoutRecord(id) : charge(record, entry);
    int month = Windows.monthOf(entry.epochDay());
    windows.merge(
        ItemNames.dayTokens(entry.epochDay()), charge.dayTokens() - entry.tokens(), Long::sum);
    windows.merge(ItemNames.monthTokens(month), charge.monthTokens() - entry.tokens(), Long::sum);
    windows.merge(
        ItemNames.monthMicroUsd(month), charge.monthMicroUsd() - entry.microUsd(), Long::sum);
    held -= entry.holdNanos();
    assertFalse(changed(ItemNames.REQUESTS_TAT, after), "a settlement charged a request");
    tokensTat = charged(ItemNames.TOKENS_TAT, after, tokensTat, now, charge.bucketNanos());
    if (record != null && !charge.rollUp().equals(UsageTotals.ZERO)) {
      rollUps.merge(
          new DayAndModel(entry.day(), record.model()), charge.rollUp(), UsageTotals::plus);
    }
  }

  private Charge releasedWithoutRecord(String id) {
    assertTrue(endUser.isPresent(), "an entry went without a record");
    releasedWithoutRecord.add(id);
    return Charge.NOTHING;
  }

  private Charge charge(UsageRecord record, ReservationEntry entry) {
    return endUser.isPresent() ? chargeOfEndUser(record, entry) : chargeOfTenant(record, entry);
  }

  private Charge chargeOfEndUser(UsageRecord record, ReservationEntry entry) {
    var share = record.endUser().orElse(null);
    if (!record.counts() || share == null || share.attempt() != entry.nonce()) {
      return Charge.NOTHING;
    }
    assertEquals(endUser.orElseThrow(), share.endUser(), "a record of another end user");
    assertEquals(entry.day(), share.day(), "the day of the end user's windows");
    return charge(record, entry, share.about(), share.bucketNanos(), UsageTotals.ZERO);
  }

  private Charge chargeOfTenant(UsageRecord record, ReservationEntry entry) {
    if (!record.counts() || record.attempt() != entry.nonce()) {
      return Charge.NOTHING;
    }
    var about = record.corrected().map(UsageRecord.Corrected::day).orElse(record.day());
    return charge(record, entry, about, record.bucketNanos(), record.charged());
  }

  private Charge charge(
      UsageRecord record,
      ReservationEntry entry,
      LocalDate about,
      long bucketNanos,
      UsageTotals rollUp) {
    assertTrue(charged.add(record.key().id()), "a record was applied twice");
    boolean sameDay = about.equals(entry.day());
    boolean sameMonth = YearMonth.from(about).equals(YearMonth.from(entry.day()));
    var used = record.charged();
    return new Charge(
        sameDay ? used.tokens() : 0,
        sameMonth ? used.tokens() : 0,
        sameMonth ? used.microUsd() : 0,
        bucketNanos,
        false,
        rollUp);
  }

  /** No entry came or went: a bucket was repaired, the index left, or a roll-up moved to rows. */
  private void repairedOrMoved(QuotaItem after, long now) {
    if (changed(ItemNames.REQUESTS_TAT, after)) {
      requestsTat = repaired(ItemNames.REQUESTS_TAT, after, now, 0);
      requests.clear();
    }
    if (changed(ItemNames.TOKENS_TAT, after)) {
      tokensTat = repaired(ItemNames.TOKENS_TAT, after, now, item.number(ItemNames.TOKENS_OVER));
    }
    var left = rollUps(after);
    for (var was : rollUps(item).entrySet()) {
      var moved = was.getValue().minus(left.getOrDefault(was.getKey(), UsageTotals.ZERO));
      if (!moved.equals(UsageTotals.ZERO)) {
        movedOut.merge(was.getKey(), moved, UsageTotals::plus);
      }
    }
  }

  private boolean changed(String name, QuotaItem after) {
    return after.number(name) != item.number(name);
  }

  private long repaired(String name, QuotaItem after, long now, long over) {
    assertTrue(
        item.number(name) > now + MAX_TAT_AHEAD_NANOS + over, name + " was repaired, but healthy");
    assertEquals(now + MINUTE_NANOS, after.number(name), name + " after a repair");
    return after.number(name);
  }

  private static Map<DayAndModel, UsageTotals> rollUps(QuotaItem item) {
    var tallies = new TreeMap<DayAndModel, UsageTotals>();
    for (var rollUp : item.rollUps()) {
      var day = LocalDate.ofEpochDay(rollUp.epochDay());
      tallies.merge(new DayAndModel(day, rollUp.model()), rollUp.tally(), UsageTotals::plus);
    }
    return tallies;
  }

  private void compare(QuotaItem after) {
    long sumOfHolds =
        after.entries().values().stream().mapToLong(ReservationEntry::holdNanos).sum();
    assertEquals(after.entries().size(), after.number(ItemNames.ENTRIES), "n = entries");
    assertEquals(sumOfHolds, after.number(ItemNames.TOKENS_HELD), "th = sum of h");
    assertEquals(held, after.number(ItemNames.TOKENS_HELD), "held");
    assertEquals(
        after.number(ItemNames.TOKENS_TAT) + held,
        after.number(ItemNames.TOKENS_VIRTUAL),
        "tv = tt + th");
    assertTrue(after.newestDay() >= item.newestDay(), "dy went back");
    if (endUser.isPresent() && !after.attributes().isEmpty()) {
      boolean kept = after.has(ItemNames.OPERATOR_TIER) || after.has(ItemNames.BLOCKED);
      assertEquals(!kept, after.has(ItemNames.EXPIRES_AT), "expires = no tier, no block");
    }
    compareWindows(after);
    compareRollUps(after);
  }

  private void compareWindows(QuotaItem after) {
    for (var window : windows.entrySet()) {
      var name = window.getKey();
      if (after.has(name)) {
        assertEquals(window.getValue(), after.number(name), name);
      } else {
        assertTrue(isOver(name, after), name + " is gone too early");
      }
    }
    windows.keySet().removeIf(name -> !after.has(name));
  }

  private static boolean isOver(String name, QuotaItem after) {
    int day = ItemNames.windowOf('d', name);
    int month = Math.max(ItemNames.windowOf('m', name), ItemNames.windowOf('c', name));
    return day >= 0
        ? day < after.newestDay() && !after.hasOtherReservationOfDay(day, "")
        : month < Windows.monthOf(after.newestDay())
            && !after.hasOtherReservationOfMonth(month, "");
  }

  private void compareRollUps(QuotaItem after) {
    var sums = rollUps(after);
    movedOut.forEach((key, tally) -> sums.merge(key, tally, UsageTotals::plus));
    sums.values().removeIf(UsageTotals.ZERO::equals);
    var expected = new TreeMap<>(rollUps);
    expected.values().removeIf(UsageTotals.ZERO::equals);
    assertEquals(expected, sums, "roll-ups = records applied");
  }

  /**
   * Whether a state that an admission left behind keeps every limit. Only usage above a reserve may
   * have brought a window past its limit, and then nothing more is admitted.
   *
   * @param after the item right after an admission
   * @param entry what was admitted
   * @param now the time that the admission went by
   */
  public static void assertWithin(
      Quota quota, QuotaItem after, ReservationEntry entry, Instant now) {
    int month = Windows.monthOf(entry.epochDay());
    atMost(
        quota.get(Limits.TOKENS_PER_DAY),
        after.number(ItemNames.dayTokens(entry.epochDay())),
        "day");
    atMost(quota.get(Limits.TOKENS_PER_MONTH), after.number(ItemNames.monthTokens(month)), "month");
    atMost(quota.get(Limits.COST_PER_MONTH), after.number(ItemNames.monthMicroUsd(month)), "money");
    atMost(quota.get(Limits.CONCURRENT_REQUESTS), after.number(ItemNames.ENTRIES), "concurrency");
    if (quota.get(Limits.TOKENS_PER_MINUTE).isPresent()) {
      long taken = Buckets.takenByTokens(after, Buckets.nanosOf(now));
      assertTrue(taken <= FULL_NANOS, "more tokens than the bucket holds");
    }
  }

  private static void atMost(OptionalLong limit, long value, String what) {
    assertTrue(limit.isEmpty() || value <= limit.getAsLong(), what + " limit: " + value);
  }

  /**
   * The promise of a limit of requests a minute in plain words: in any stretch of time t, at most
   * limit × (1 + (t + 250 ms) / 60 s) calls are admitted. Counted by the times that the admissions
   * went by, so clocks that differ need no slack; since the last repair.
   */
  public void assertRequestsWithinBound() {
    var byTime = requests.stream().sorted(Comparator.comparingLong(Request::now)).toList();
    long charged = 0;
    long leastBefore = Long.MAX_VALUE;
    for (var request : byTime) {
      // A stretch begins with the request before which most was left of the time.
      leastBefore = Math.min(leastBefore, charged - request.now());
      charged += request.nanos();
      long inStretch = charged - request.now() - leastBefore;
      assertTrue(inStretch <= FULL_NANOS + MAX_BEHIND_NANOS, "requests passed their limit");
    }
  }

  /**
   * Nothing is in flight, and every reservation that landed has its record. An end user's may have
   * been let go without one, if the tenant refused; and calls in flight may have been forgotten.
   */
  public void assertSettled() {
    assertEquals(0, item.number(ItemNames.ENTRIES), "in flight");
    for (var id : landed) {
      assertTrue(
          records.containsKey(id) || releasedWithoutRecord.contains(id) || forgotten.contains(id),
          "no record of " + id);
    }
    for (var record : records.values()) {
      assertTrue(
          !isCharged(record) || charged.contains(record.key().id()) || isForgotten(record),
          "a record was never applied: " + record.kind());
    }
  }

  private boolean isForgotten(UsageRecord record) {
    return forgotten.contains(record.key().id());
  }

  private boolean isCharged(UsageRecord record) {
    return record.counts()
        && (endUser.isEmpty()
            || record.endUser().filter(share -> share.endUser().equals(endUser.get())).isPresent());
  }
}
