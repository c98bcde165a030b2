package dev.chatgate.quota;

import dev.chatgate.quota.Attribute.Held;
import dev.chatgate.quota.Attribute.Whole;
import dev.chatgate.quota.ItemNames.Counter;
import dev.chatgate.quota.ItemNames.RollUpName;
import dev.chatgate.quota.ItemUpdate.Condition;
import dev.chatgate.usage.Tally;
import java.util.EnumMap;
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
final class ReconcilerMoves {
  /** More models a day than these make the item, and so every admission, cost more. */
  static final int MODELS_KEPT = 8;

  private static final int MOST_ENTRIES_GUARDED = 16;
  private static final int MOST_NAMES_AT_ONCE = 8;

  private final QuotaItem item;
  private final List<RollUp> rollUps;

  ReconcilerMoves(QuotaItem item) {
    this.item = item;
    this.rollUps = item.rollUps();
  }

  boolean isClosed(RollUp rollUp) {
    return rollUp.epochDay() < item.newestDay() && !item.namesDay(rollUp.epochDay(), "");
  }

  /** The roll-ups of closed days. */
  List<RollUp> closed() {
    return rollUps.stream().filter(this::isClosed).toList();
  }

  /** The roll-ups of open days, if there are so many that they should go before the day does. */
  List<RollUp> early() {
    // One without calls has only corrections: nothing in it surely grows, so nothing guards it.
    var open =
        rollUps.stream().filter(rollUp -> !isClosed(rollUp) && rollUp.tally().calls() > 0).toList();
    return open.size() > MODELS_KEPT ? open : List.of();
  }

  /**
   * The write that takes out what a row has taken in.
   *
   * @param rollUp as it is in the item
   * @param taken what the row of its next part says
   */
  ItemUpdate update(RollUp rollUp, Tally taken) {
    if (!taken.equals(rollUp.tally())) {
      return subtract(rollUp, taken);
    }
    return isClosed(rollUp) ? close(rollUp) : flush(rollUp);
  }

  private static ItemUpdate close(RollUp rollUp) {
    var write = guarded(rollUp);
    for (var counter : Counter.values()) {
      write.remove(name(counter, rollUp));
    }
    return write.build();
  }

  /** Unless a call has been added meanwhile: zeros would need as much room as the numbers. */
  private static ItemUpdate flush(RollUp rollUp) {
    var write = guarded(rollUp).put(name(Counter.FLUSHED, rollUp), rollUp.flushed() + 1);
    counts(rollUp.tally())
        .forEach((counter, count) -> {
          var name = name(counter, rollUp);
          var value = new Whole(count);
          write
              .when(
                  count == 0
                      ? new Condition.AbsentOrIs(name, value)
                      : new Condition.Is(name, value))
              .remove(name);
        });
    return write.build();
  }

  private static ItemUpdate subtract(RollUp rollUp, Tally taken) {
    var write = guarded(rollUp).put(name(Counter.FLUSHED, rollUp), rollUp.flushed() + 1);
    counts(taken)
        .forEach((counter, count) -> {
          if (count != 0) {
            write.addFromZero(name(counter, rollUp), -count);
          }
        });
    return write.when(new Condition.AtLeast(name(Counter.CALLS, rollUp), taken.calls())).build();
  }

  /** No part has left since; calls only grow, so fewer of them mean that the day was closed. */
  private static ItemUpdate.Builder guarded(RollUp rollUp) {
    var flushed = name(Counter.FLUSHED, rollUp);
    return new ItemUpdate.Builder()
        .when(
            rollUp.flushed() == 0
                ? new Condition.Absent(flushed)
                : new Condition.Is(flushed, new Whole(rollUp.flushed())));
  }

  private static Map<Counter, Long> counts(Tally tally) {
    var counts = new EnumMap<Counter, Long>(Counter.class);
    counts.put(Counter.CALLS, tally.calls());
    counts.put(Counter.PROMPT, tally.prompt());
    counts.put(Counter.CACHED, tally.cached());
    counts.put(Counter.COMPLETION, tally.completion());
    counts.put(Counter.MICRO_USD, tally.microUsd());
    counts.put(Counter.ESTIMATED, tally.estimated());
    return counts;
  }

  private static String name(Counter counter, RollUp rollUp) {
    return new RollUpName(counter, rollUp.epochDay(), rollUp.modelCode()).toString();
  }

  /**
   * The last write of a visit, if there is any to do: drops names of models that nothing needs, and
   * takes an item with nothing in flight out of the index.
   */
  Optional<ItemUpdate> tidy() {
    long entries = item.number(ItemNames.ENTRIES);
    var unused = unusedModels();
    boolean leaves = entries == 0 && closed().isEmpty() && item.has(ItemNames.DUE_PARTITION);
    if (!leaves && unused.isEmpty()) {
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
    return Optional.of(write.build());
  }

  private NavigableSet<Integer> unusedModels() {
    var unused = new TreeSet<>(item.models().keySet());
    rollUps.forEach(rollUp -> unused.remove(rollUp.modelCode()));
    item.entries().values().forEach(entry -> unused.remove(entry.modelCode()));
    if (item.entries().size() > MOST_ENTRIES_GUARDED) {
      unused.clear();
    }
    while (unused.size() > MOST_NAMES_AT_ONCE) {
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
    item.entries().forEach((id, entry) -> write.when(new Condition.Is(id, new Held(entry))));
    for (int code : codes) {
      write.remove(ItemNames.modelName(code));
      for (var counter : Counter.values()) {
        write.when(new Condition.Absent(new RollUpName(counter, day, code).toString()));
      }
    }
  }
}
