package dev.chatgate.quota.audit;

import dev.chatgate.quota.audit.AuditDifference.Kind;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One look at a tenant's counters and records, taken while calls go on: the item, then the records
 * and rows, then the item again.
 *
 * <p>The first state of the item is what is held against the records. A record counts in it unless
 * its entry is still there; and a record that was decided after that state does not count, or was
 * decided just before it and does. Clocks do not agree well enough to tell the two apart, so what
 * was decided about then is in doubt, unless the item is the same after the records were read: then
 * nothing happened, and all of them count.
 */
final class AuditSnapshot {
  /** Twice the tolerance of {@link StoreClock}, and a second. */
  private static final Duration DOUBT = Duration.ofSeconds(5);

  /**
   * Whether a call that began so close to the moment at which its end user was forgotten was still
   * counted depends on clocks and on how long its admission took.
   */
  private static final Duration FORGET_DOUBT = Duration.ofMinutes(1);

  /** Records are found by the first attempt's time, and count on the day of the windows. */
  private static final int DAYS_AROUND = 2;

  private final QuotaKey itemKey;
  private final QuotaItem item;
  private final Instant readAt;
  private final LocalDate firstDay;
  private final List<UsageRecord> doubtful = new ArrayList<>();
  private final SortedMap<DayAndModel, TotalsRange> recorded = new TreeMap<>();
  private final Map<String, TotalsRange> windows = new HashMap<>();
  private final SortedMap<DayAndModel, UsageTotals> counted = new TreeMap<>();
  private final Map<DayAndModel, Integer> flushed = new HashMap<>();
  private final List<AuditDifference> differences = new ArrayList<>();

  /**
   * @param itemKey the item
   * @param item its state
   * @param readAt a time just before that was read
   * @param recordsKeptFor days of which records may have gone are left out
   */
  AuditSnapshot(QuotaKey itemKey, QuotaItem item, Instant readAt, Duration recordsKeptFor) {
    this.itemKey = itemKey;
    this.item = item;
    this.readAt = readAt;
    this.firstDay =
        LocalDate.ofInstant(readAt.minus(recordsKeptFor), ZoneOffset.UTC).plusDays(DAYS_AROUND);
    for (var rollUp : item.rollUps()) {
      var key = new DayAndModel(LocalDate.ofEpochDay(rollUp.epochDay()), rollUp.model());
      count(key, rollUp.tally());
      flushed.merge(key, rollUp.flushed(), Math::max);
    }
    item.entries().forEach((_, entry) -> hold(entry));
  }

  /** The first day that is looked at. */
  LocalDate firstDay() {
    return firstDay;
  }

  /** The last one. */
  LocalDate lastDay() {
    return LocalDate.ofInstant(readAt, ZoneOffset.UTC).plusDays(DAYS_AROUND);
  }

  /** From when on a record may count on such a day. */
  Instant from() {
    return firstDay.minusDays(DAYS_AROUND).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** Until when. */
  Instant until() {
    return lastDay().plusDays(DAYS_AROUND).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private void count(DayAndModel key, UsageTotals tally) {
    if (!key.day().isBefore(firstDay)) {
      counted.merge(key, tally, UsageTotals::plus);
    }
  }

  private void hold(ReservationEntry entry) {
    int month = Windows.monthOf(entry.epochDay());
    addWindow(ItemNames.dayTokens(entry.epochDay()), entry.tokens(), true);
    addWindow(ItemNames.monthTokens(month), entry.tokens(), true);
    addWindow(ItemNames.monthMicroUsd(month), entry.microUsd(), true);
  }

  /**
   * What a record says of one item.
   *
   * @param attempt the nonce of the entry there
   * @param day the day on which it counts
   * @param about the day of the windows that it moves, if they were still current
   */
  private record Part(int attempt, LocalDate day, LocalDate about) {}

  /** The part that is about this item; empty if none is. */
  private Optional<Part> partOf(UsageRecord record) {
    if (!record.counts() || isForgotten(record)) {
      return Optional.empty();
    }
    return itemKey.isOfEndUser()
        ? record
            .endUser()
            .filter(share -> itemKey.endUser().equals(Optional.of(share.endUser())))
            .map(share -> new Part(share.attempt(), share.day(), share.about()))
        : Optional.of(new Part(record.attempt(), record.day(), about(record)));
  }

  private static LocalDate about(UsageRecord record) {
    return record.corrected().map(UsageRecord.Corrected::day).orElse(record.day());
  }

  /** Takes a record. */
  void record(UsageRecord record) {
    partOf(record)
        .filter(part -> !isInFlight(record, part) && !part.day().isBefore(firstDay))
        .ifPresent(part -> {
          if (isAboutForgetting(record)) {
            add(record, part, false);
          } else if (record.decidedAt().isBefore(readAt.minus(DOUBT))) {
            add(record, part, true);
          } else {
            doubtful.add(record);
          }
        });
  }

  /** Calls that began before the end user was forgotten are not in the counters. */
  private boolean isForgotten(UsageRecord record) {
    return EntryWrite.isForgotten(item, record.key().admittedAt().plus(FORGET_DOUBT));
  }

  private boolean isAboutForgetting(UsageRecord record) {
    return EntryWrite.isForgotten(item, record.key().admittedAt().minus(FORGET_DOUBT));
  }

  private boolean isInFlight(UsageRecord record, Part part) {
    return item.entry(record.key().id())
        .filter(entry -> entry.nonce() == part.attempt())
        .isPresent();
  }

  private void add(UsageRecord record, Part part, boolean surely) {
    var key = new DayAndModel(part.day(), record.model());
    if (!itemKey.isOfEndUser()) {
      var sum = recorded.getOrDefault(key, TotalsRange.NOTHING);
      recorded.put(key, surely ? sum.plus(record.charged()) : sum.perhaps(record.charged()));
    }
    addToWindows(record, part, surely);
  }

  /** A correction moves the corrected call's windows, and only those that were still current. */
  private void addToWindows(UsageRecord record, Part part, boolean surely) {
    int day = (int) part.day().toEpochDay();
    int month = Windows.monthOf(day);
    if (part.about().equals(part.day())) {
      addWindow(ItemNames.dayTokens(day), record.charged().tokens(), surely);
    }
    if (Windows.monthOf((int) part.about().toEpochDay()) == month) {
      addWindow(ItemNames.monthTokens(month), record.charged().tokens(), surely);
      addWindow(ItemNames.monthMicroUsd(month), record.charged().microUsd(), surely);
    }
  }

  /** A window is a sum of one number, kept where a tally keeps prompt tokens. */
  private void addWindow(String name, long amount, boolean surely) {
    var sum = windows.getOrDefault(name, TotalsRange.NOTHING);
    windows.put(name, surely ? sum.plus(number(amount)) : sum.perhaps(number(amount)));
  }

  private static UsageTotals number(long number) {
    return new UsageTotals(0, number, 0, 0, 0, 0);
  }

  /** Takes a row. A row of a part that is still in the item is not counted. */
  void row(DayRow row) {
    var key = new DayAndModel(row.day(), row.model());
    if (row.shard() != itemKey.shard()
        || row.part() < flushed.getOrDefault(key, Integer.MAX_VALUE)) {
      count(key, row.tally());
    }
  }

  /** Takes the item as it is after records and rows were read. */
  void end(QuotaItem after) {
    boolean quiet = after.equals(item);
    doubtful.forEach(record -> add(record, partOf(record).orElseThrow(), quiet));
  }

  /**
   * What does not agree.
   *
   * @param overdueAfter how long after its deadline an entry may still be there
   */
  List<AuditDifference> differences(Duration overdueAfter) {
    compareWithin();
    compareWindows();
    compareDays();
    findOverdue(overdueAfter);
    return List.copyOf(differences);
  }

  private void differs(Kind kind, String subject, String figures) {
    var endUser = itemKey.endUser().map(hash -> "end user " + hash + ": ").orElse("");
    differences.add(new AuditDifference(itemKey.tenant(), kind, endUser + subject, figures));
  }

  private void compareWithin() {
    long held = item.entries().values().stream().mapToLong(ReservationEntry::holdNanos).sum();
    long tat = item.number(ItemNames.TOKENS_TAT);
    compareNumber(ItemNames.ENTRIES, "calls in flight", item.entries().size());
    compareNumber(ItemNames.TOKENS_HELD, "bucket time held, ns", held);
    compareNumber(ItemNames.TOKENS_VIRTUAL, "bucket time, ns", tat + held);
  }

  private void compareNumber(String name, String what, long expected) {
    long found = item.number(name);
    if (found != expected) {
      differs(Kind.COUNTER, name + ", " + what, found + ", should be " + expected);
    }
  }

  private void compareWindows() {
    var names = new TreeSet<>(item.attributes().keySet());
    names.add(dayWindow());
    names.add(ItemNames.monthTokens(Windows.monthOf(item.newestDay())));
    names.add(ItemNames.monthMicroUsd(Windows.monthOf(item.newestDay())));
    for (var name : names) {
      if (isWithinRetention(name) && !windowAgrees(name)) {
        var sum = windows.getOrDefault(name, TotalsRange.NOTHING);
        differs(
            Kind.COUNTER,
            name + ", " + meaning(name),
            item.number(name)
                + ", records and reserves are "
                + range(sum.least().prompt(), sum.most().prompt()));
      }
    }
  }

  /** Whether all records of the window must still be there. */
  private boolean isWithinRetention(String name) {
    int day = ItemNames.windowOf('d', name);
    int month = Math.max(ItemNames.windowOf('m', name), ItemNames.windowOf('c', name));
    return day >= 0
        ? !LocalDate.ofEpochDay(day).isBefore(firstDay)
        : month > Windows.monthOf((int) firstDay.toEpochDay());
  }

  private String dayWindow() {
    return ItemNames.dayTokens(item.newestDay());
  }

  private boolean windowAgrees(String name) {
    return windows.getOrDefault(name, TotalsRange.NOTHING).mayBe(number(item.number(name)));
  }

  private static String meaning(String window) {
    return switch (window.charAt(0)) {
      case 'd' -> "tokens of " + LocalDate.ofEpochDay(ItemNames.windowOf('d', window));
      case 'm' -> "tokens of a month";
      default -> "micro-dollars of a month";
    };
  }

  private static String range(long least, long most) {
    return least == most ? Long.toString(least) : least + " to " + most;
  }

  private void compareDays() {
    var keys = new TreeSet<>(recorded.keySet());
    keys.addAll(counted.keySet());
    for (var key : keys) {
      var sum = recorded.getOrDefault(key, TotalsRange.NOTHING);
      var found = counted.getOrDefault(key, UsageTotals.ZERO);
      if (!sum.mayBe(found)) {
        differs(kind(key, sum, found), key.day() + " " + key.model(), figures(sum, found));
      }
    }
  }

  /** What the current day's window agrees with is right; the other one is off. */
  private Kind kind(DayAndModel key, TotalsRange sum, UsageTotals found) {
    boolean open = flushed.containsKey(key) || key.day().toEpochDay() >= item.newestDay();
    boolean recordsAreRight =
        key.day().toEpochDay() == item.newestDay() && windowAgrees(dayWindow());
    if (found.calls() > sum.most().calls() && !recordsAreRight) {
      return open || noRecords(sum) ? Kind.MISSING_RECORD : Kind.DAY_ROW;
    }
    if (found.calls() < sum.least().calls() && !recordsAreRight) {
      return open || found.equals(UsageTotals.ZERO) ? Kind.EXTRA_RECORD : Kind.DAY_ROW;
    }
    return open ? Kind.ROLL_UP : Kind.DAY_ROW;
  }

  private static boolean noRecords(TotalsRange sum) {
    return sum.equals(TotalsRange.NOTHING);
  }

  private static String figures(TotalsRange sum, UsageTotals found) {
    var text = new ArrayList<String>();
    figure(text, "requests", found.calls(), sum.least().calls(), sum.most().calls());
    figure(text, "prompt tokens", found.prompt(), sum.least().prompt(), sum.most().prompt());
    figure(text, "cached tokens", found.cached(), sum.least().cached(), sum.most().cached());
    figure(
        text,
        "completion tokens",
        found.completion(),
        sum.least().completion(),
        sum.most().completion());
    figure(text, "micro-dollars", found.microUsd(), sum.least().microUsd(), sum.most().microUsd());
    figure(
        text,
        "estimated requests",
        found.estimated(),
        sum.least().estimated(),
        sum.most().estimated());
    return String.join("; ", text);
  }

  private static void figure(List<String> text, String what, long found, long least, long most) {
    if (found < least || found > most) {
      text.add(what + " counted " + found + ", recorded " + range(least, most));
    }
  }

  /**
   * What does not agree at an end user's item. One that is not there, or has no counters, was
   * forgotten or has expired: there is nothing to compare.
   *
   * @param tenantItem the tenant's item; what is held too long there is found there
   * @param overdueAfter how long after its deadline an entry may still be there
   */
  List<AuditDifference> differencesAtEndUser(QuotaItem tenantItem, Duration overdueAfter) {
    if (item.has(ItemNames.NEWEST_DAY)) {
      compareWithin();
      compareWindows();
      findLeftAlone(tenantItem, overdueAfter);
    }
    return List.copyOf(differences);
  }

  private void findLeftAlone(QuotaItem tenantItem, Duration overdueAfter) {
    item.entries()
        .forEach((id, entry) -> {
          if (isOverdue(entry, overdueAfter) && tenantItem.entry(id).isEmpty()) {
            differs(Kind.LEFT_AT_END_USER, "entry " + id, heldUntil(entry));
          }
        });
  }

  private boolean isOverdue(ReservationEntry entry, Duration overdueAfter) {
    return entry.deadline().plus(overdueAfter).isBefore(readAt);
  }

  private static String heldUntil(ReservationEntry entry) {
    return "%d tokens, deadline %s".formatted(entry.tokens(), entry.deadline());
  }

  private void findOverdue(Duration overdueAfter) {
    item.entries()
        .forEach((id, entry) -> {
          if (isOverdue(entry, overdueAfter)) {
            differs(Kind.OVERDUE, "entry " + id, heldUntil(entry));
          }
        });
  }
}
