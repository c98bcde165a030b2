package dev.chatgate.quota.reconcile;

import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.DailyTotals;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemNames.Counter;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.usage.UsageTotals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What may leave a quota item, given one state of it, and the writes that take it out. Pure.
 *
 * <p>A day is closed for good when a newer one was seen and no entry names it: the day guard lets
 * no entry in that names a day older than one seen, so its numbers never change again.
 */
final class RollUpTransfer {
  /** An expression has room for so many conditions on entries beside those on names. */
  private static final int MAX_ENTRIES_GUARDED = 64;

  private static final int MAX_NAMES_AT_ONCE = 8;

  private final QuotaItem item;
  private final List<DailyTotals> rollUps;

  RollUpTransfer(QuotaItem item) {
    this.item = item;
    this.rollUps = item.rollUps();
  }

  /**
   * What a closed day has of one model. Mostly there is one code for a name; but where the code
   * that a name clashed with became free, an instance that did not know the item may have given it
   * to the name as well. A row has a name and no code, so all of them leave with one row.
   *
   * @param parts of one day and name, one for each code, at least one
   */
  record Closed(List<DailyTotals> parts) {
    int epochDay() {
      return parts.getFirst().epochDay();
    }

    String model() {
      return parts.getFirst().model();
    }

    /** The part of which an earlier release has moved most rows, if it moved any. */
    DailyTotals moved() {
      return Collections.max(parts, Comparator.comparingInt(DailyTotals::flushed));
    }

    UsageTotals tally() {
      return parts.stream().map(DailyTotals::tally).reduce(UsageTotals.ZERO, UsageTotals::plus);
    }
  }

  /** What is closed, by day and name. */
  List<Closed> closed() {
    var byName = new LinkedHashMap<List<Object>, List<DailyTotals>>();
    for (var rollUp : rollUps) {
      if (isClosed(rollUp)) {
        var dayAndName = List.<Object>of(rollUp.epochDay(), rollUp.model());
        byName.computeIfAbsent(dayAndName, _ -> new ArrayList<>()).add(rollUp);
      }
    }
    return byName.values().stream().map(Closed::new).toList();
  }

  private boolean isClosed(DailyTotals rollUp) {
    return rollUp.epochDay() < item.newestDay()
        && !item.hasOtherReservationOfDay(rollUp.epochDay(), "");
  }

  /**
   * The write that takes out what a row has taken in.
   *
   * @param closed as it is in the item
   * @param taken what the row says
   */
  ItemUpdate update(Closed closed, UsageTotals taken) {
    return taken.equals(closed.tally()) ? close(closed) : subtract(closed.moved(), taken);
  }

  private static ItemUpdate close(Closed closed) {
    var write = new ItemUpdate.Builder();
    for (var part : closed.parts()) {
      write.when(unmoved(part));
      for (var counter : Counter.values()) {
        write.remove(name(counter, part));
      }
    }
    return write.build();
  }

  /** A row of an earlier release, which wrote it while the day went on: the rest is another row. */
  private static ItemUpdate subtract(DailyTotals rollUp, UsageTotals taken) {
    var write =
        new ItemUpdate.Builder()
            .when(unmoved(rollUp))
            .put(name(Counter.FLUSHED, rollUp), rollUp.flushed() + 1);
    counts(taken)
        .forEach((counter, count) -> {
          if (count != 0) {
            write.addFromZero(name(counter, rollUp), -count);
          }
        });
    return write.when(new Condition.AtLeast(name(Counter.CALLS, rollUp), taken.calls())).build();
  }

  /** No row has taken from it since; the rest of a closed day does not change. */
  private static Condition unmoved(DailyTotals rollUp) {
    var flushed = name(Counter.FLUSHED, rollUp);
    return rollUp.flushed() == 0
        ? new Condition.Absent(flushed)
        : new Condition.Is(flushed, new Whole(rollUp.flushed()));
  }

  private static Map<Counter, Long> counts(UsageTotals tally) {
    var counts = new EnumMap<Counter, Long>(Counter.class);
    counts.put(Counter.CALLS, tally.calls());
    counts.put(Counter.PROMPT, tally.prompt());
    counts.put(Counter.CACHED, tally.cached());
    counts.put(Counter.COMPLETION, tally.completion());
    counts.put(Counter.MICRO_USD, tally.microUsd());
    counts.put(Counter.ESTIMATED, tally.estimated());
    return counts;
  }

  private static String name(Counter counter, DailyTotals rollUp) {
    return new RollUpName(counter, rollUp.epochDay(), rollUp.modelCode()).toString();
  }

  /**
   * The last write of a visit, if there is any to do: drops names of models that nothing needs,
   * counts them anew, and takes an item with nothing in flight out of the index. Where it has
   * dropped names, there may be more to drop.
   */
  Optional<ItemUpdate> tidy() {
    long entries = item.number(ItemNames.ENTRIES);
    var unused = unusedModels();
    boolean leaves = entries == 0 && closed().isEmpty() && item.has(ItemNames.DUE_PARTITION);
    boolean miscounted = item.number(ItemNames.NAMES) != ModelCodes.namesIn(item);
    if (!leaves && !miscounted && unused.isEmpty()) {
      return Optional.empty();
    }
    var write =
        new ItemUpdate.Builder().when(new Condition.Is(ItemNames.ENTRIES, new Whole(entries)));
    if (leaves) {
      write.remove(ItemNames.DUE_PARTITION).remove(ItemNames.DUE_MINUTE);
    }
    if (!unused.isEmpty()) {
      dropNames(write, unused);
    }
    if (miscounted || !unused.isEmpty()) {
      countNames(write, unused);
    }
    return Optional.of(write.build());
  }

  private void countNames(ItemUpdate.Builder write, Set<Integer> dropped) {
    long left =
        item.models().keySet().stream()
            .filter(code -> code != ModelCodes.OTHER_CODE && !dropped.contains(code))
            .count();
    ModelCodes.count(write, item, left);
  }

  private NavigableSet<Integer> unusedModels() {
    var unused = new TreeSet<>(item.models().keySet());
    rollUps.forEach(rollUp -> unused.remove(rollUp.modelCode()));
    var entries = item.entries();
    entries.values().forEach(entry -> unused.remove(entry.modelCode()));
    if (entries.size() > MAX_ENTRIES_GUARDED) {
      unused.clear();
    }
    while (unused.size() > MAX_NAMES_AT_ONCE) {
      unused.pollLast();
    }
    return unused;
  }

  /**
   * A call of such a model may be let in meanwhile, and may even be settled: then there is an entry
   * that was not seen, or a roll-up on the newest day, and the names stay.
   */
  private void dropNames(ItemUpdate.Builder write, Set<Integer> codes) {
    int day = item.newestDay();
    write.when(new Condition.Is(ItemNames.NEWEST_DAY, new Whole(day)));
    item.entries()
        .forEach((id, entry) -> write.when(new Condition.Is(id, new ReservationAttribute(entry))));
    for (int code : codes) {
      write.remove(ItemNames.modelName(code));
      for (var counter : Counter.values()) {
        write.when(new Condition.Absent(new RollUpName(counter, day, code).toString()));
      }
    }
  }
}
