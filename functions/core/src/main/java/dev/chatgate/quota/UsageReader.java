package dev.chatgate.quota;

import dev.chatgate.tenant.Tenant;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.Tally;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Tells what a tenant used and where it stands. Days that are not closed are in the quota item, the
 * others in rows. The item is read first: a day that is closed between the two reads is then found
 * twice rather than not at all, and the item's wins.
 */
public final class UsageReader {
  private final QuotaTable table;
  private final DayRows rows;
  private final InstantSource clock;

  /**
   * @param table the quota items
   * @param rows the closed days
   * @param clock the store's time, see {@link StoreClock}
   */
  public UsageReader(QuotaTable table, DayRows rows, InstantSource clock) {
    this.table = table;
    this.rows = rows;
    this.clock = clock;
  }

  /**
   * One day's use of one model.
   *
   * @param day the UTC day
   * @param model the name that the tenant sent
   */
  public record DayAndModel(LocalDate day, String model) implements Comparable<DayAndModel> {
    @Override
    public int compareTo(DayAndModel other) {
      int byDay = day.compareTo(other.day);
      return byDay != 0 ? byDay : model.compareTo(other.model);
    }
  }

  /**
   * What was used, and what is left.
   *
   * @param tallies by day and model; none of them is zero
   * @param limits the limits that the tenant has
   * @param at when it was read
   */
  public record Usage(SortedMap<DayAndModel, Tally> tallies, List<LimitState> limits, Instant at) {

    /** Sums by day. */
    public SortedMap<LocalDate, Tally> byDay() {
      return sums(DayAndModel::day);
    }

    /** Sums by model. */
    public SortedMap<String, Tally> byModel() {
      return sums(DayAndModel::model);
    }

    private <K extends Comparable<? super K>> SortedMap<K, Tally> sums(
        Function<DayAndModel, K> group) {
      var sums = new TreeMap<K, Tally>();
      tallies.forEach((key, tally) -> sums.merge(group.apply(key), tally, Tally::plus));
      return sums;
    }
  }

  /**
   * Reads both.
   *
   * @param tenant whose
   * @param from first UTC day, inclusive
   * @param to last UTC day, inclusive
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public Usage read(Tenant tenant, LocalDate from, LocalDate to) {
    var now = clock.instant();
    var item = table.read(QuotaKey.of(tenant.id()));
    var tallies = tallies(item, rows.between(tenant.id(), from, to));
    tallies.keySet().removeIf(key -> key.day().isBefore(from) || key.day().isAfter(to));
    tallies.values().removeIf(Tally.ZERO::equals);
    return new Usage(tallies, LimitStates.of(tenant.quota(), item, now), now);
  }

  private static SortedMap<DayAndModel, Tally> tallies(QuotaItem item, List<DayRow> rows) {
    var tallies = new TreeMap<DayAndModel, Tally>();
    var flushed = new TreeMap<DayAndModel, Integer>();
    for (var rollUp : item.rollUps()) {
      var key = new DayAndModel(LocalDate.ofEpochDay(rollUp.epochDay()), rollUp.model());
      tallies.merge(key, rollUp.tally(), Tally::plus);
      flushed.put(key, rollUp.flushed());
    }
    for (var row : rows) {
      if (countsBeside(flushed, row)) {
        tallies.merge(new DayAndModel(row.day(), row.model()), row.tally(), Tally::plus);
      }
    }
    return tallies;
  }

  /** A row of a day that the item still has counts if the item says that it was flushed. */
  private static boolean countsBeside(Map<DayAndModel, Integer> flushed, DayRow row) {
    return row.part()
        < flushed.getOrDefault(new DayAndModel(row.day(), row.model()), Integer.MAX_VALUE);
  }
}
