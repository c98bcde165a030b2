package dev.chatgate.quota.item;

import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.Attribute.Text;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.ItemNames.Counter;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.usage.UsageTotals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * One state of a quota item, without its key: what is settled of a tenant's limits, what is in
 * flight, and the roll-ups of days that are not closed. An end user's item has no roll-ups.
 * Immutable. {@link ItemNames} says what the attributes mean.
 *
 * @param attributes by name
 */
public record QuotaItem(SortedMap<String, Attribute> attributes) {
  /** The item before its first write. */
  public static final QuotaItem EMPTY = new QuotaItem(new TreeMap<>());

  /** Copies the map. */
  public QuotaItem {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
  }

  /** An attribute. */
  public Optional<Attribute> get(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  /** Whether there is such an attribute. */
  public boolean has(String name) {
    return attributes.containsKey(name);
  }

  /**
   * A number; 0 if it is not there.
   *
   * @throws IllegalStateException if the attribute is no number
   */
  public long number(String name) {
    return switch (attributes.get(name)) {
      case null -> 0;
      case Whole(long value) -> value;
      case Text _, ReservationAttribute _ ->
          throw new IllegalStateException(name + " is no number");
    };
  }

  /** A string, if it is there. */
  public Optional<String> text(String name) {
    return attributes.get(name) instanceof Text(String text) ? Optional.of(text) : Optional.empty();
  }

  /** A reservation in flight, by its id. */
  public Optional<ReservationEntry> entry(String id) {
    return attributes.get(id) instanceof ReservationAttribute(ReservationEntry entry)
        ? Optional.of(entry)
        : Optional.empty();
  }

  /** The reservations in flight, by id. */
  public SortedMap<String, ReservationEntry> entries() {
    var entries = new TreeMap<String, ReservationEntry>();
    attributes.forEach((name, value) -> {
      if (value instanceof ReservationAttribute(ReservationEntry entry)) {
        entries.put(name, entry);
      }
    });
    return entries;
  }

  /** The models' names, by code. */
  public SortedMap<Integer, String> models() {
    var models = new TreeMap<Integer, String>();
    attributes.forEach((name, value) -> {
      if (value instanceof Text(String model) && name.charAt(0) == 'g') {
        models.put(ItemNames.modelCode(name), model);
      }
    });
    return models;
  }

  /** The name of an entry's model. */
  public String modelOf(ReservationEntry entry) {
    int code = entry.modelCode();
    return models().getOrDefault(code, "unknown model " + code);
  }

  /** What is counted of each model on each day that is not closed, by day. */
  public List<DailyTotals> rollUps() {
    var days = new TreeSet<RollUpName>(RollUpName.BY_DAY_AND_MODEL);
    attributes.keySet().stream()
        .flatMap(name -> RollUpName.parse(name).stream())
        .forEach(days::add);
    var models = models();
    var rollUps = new ArrayList<DailyTotals>();
    for (var day : days) {
      int code = day.modelCode();
      rollUps.add(
          new DailyTotals(
              day.epochDay(),
              code,
              models.getOrDefault(code, "unknown model " + code),
              (int) count(Counter.FLUSHED, day),
              totals(day)));
    }
    return rollUps;
  }

  private UsageTotals totals(RollUpName day) {
    return new UsageTotals(
        count(Counter.CALLS, day),
        count(Counter.PROMPT, day),
        count(Counter.CACHED, day),
        count(Counter.COMPLETION, day),
        count(Counter.MICRO_USD, day),
        count(Counter.ESTIMATED, day));
  }

  private long count(Counter counter, RollUpName day) {
    return number(new RollUpName(counter, day.epochDay(), day.modelCode()).toString());
  }

  /** The newest day seen, or 0. */
  public int newestDay() {
    return (int) number(ItemNames.NEWEST_DAY);
  }

  /** Whether another reservation than the given one charged the windows of a day. */
  public boolean hasOtherReservationOfDay(int epochDay, String exceptId) {
    return daysOfOtherReservations(exceptId).containsValue(epochDay);
  }

  /** Whether another reservation than the given one charged the windows of a month. */
  public boolean hasOtherReservationOfMonth(int epochMonth, String exceptId) {
    return daysOfOtherReservations(exceptId).values().stream()
        .anyMatch(day -> Windows.monthOf(day) == epochMonth);
  }

  private Map<String, Integer> daysOfOtherReservations(String exceptId) {
    var days = new TreeMap<String, Integer>();
    entries().forEach((id, entry) -> days.put(id, entry.epochDay()));
    days.remove(exceptId);
    return days;
  }

  /** What reservations that charged a day's windows hold. */
  public long heldOfDay(int epochDay, ToLongFunction<ReservationEntry> quantity) {
    return entries().values().stream()
        .filter(entry -> entry.epochDay() == epochDay)
        .mapToLong(quantity)
        .sum();
  }

  /** What reservations that charged a month's windows hold. */
  public long heldOfMonth(int epochMonth, ToLongFunction<ReservationEntry> quantity) {
    return entries().values().stream()
        .filter(entry -> Windows.monthOf(entry.epochDay()) == epochMonth)
        .mapToLong(quantity)
        .sum();
  }
}
