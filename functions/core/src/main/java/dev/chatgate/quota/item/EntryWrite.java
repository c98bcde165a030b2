package dev.chatgate.quota.item;

import dev.chatgate.quota.item.Attribute.Text;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.ItemUpdate.Condition;

/**
 * The write that puts an entry into an item and holds what it says, bound by no limit. What
 * applying will subtract from later is set here even without a limit, else a limit that is set
 * while the call is in flight would make its applying fail for ever.
 */
public final class EntryWrite {
  private static final int SECONDS_A_MINUTE = 60;

  private EntryWrite() {}

  /**
   * Begins the write; an admission adds its limits.
   *
   * @param id the reservation's id
   * @param entry what it holds
   * @param model the model's name, see {@link ModelCodes#nameOf}
   * @param maxNames how many models' names the item may have with this one
   * @param seen the item as last seen: whether the model's name is there is guessed by it
   * @param now epoch nanoseconds
   */
  public static ItemUpdate.Builder begin(
      String id, ReservationEntry entry, String model, int maxNames, QuotaItem seen, long now) {
    var write = hold(id, entry, now);
    nameModel(write, entry, model, maxNames, seen);
    return write;
  }

  private static ItemUpdate.Builder hold(String id, ReservationEntry entry, long now) {
    int month = Windows.monthOf(entry.epochDay());
    return new ItemUpdate.Builder()
        .when(new Condition.Absent(id))
        // An instance with a clock that is behind gets the item back, and uses its day.
        .when(new Condition.AbsentOrAtMost(ItemNames.NEWEST_DAY, entry.epochDay()))
        .put(id, entry)
        .addFromZero(ItemNames.ENTRIES, 1)
        .put(ItemNames.NEWEST_DAY, entry.epochDay())
        .addFromZero(ItemNames.TOKENS_VIRTUAL, entry.holdNanos())
        .addFromZero(ItemNames.TOKENS_HELD, entry.holdNanos())
        .addFromZero(ItemNames.dayTokens(entry.epochDay()), entry.tokens())
        .addFromZero(ItemNames.monthTokens(month), entry.tokens())
        .addFromZero(ItemNames.monthMicroUsd(month), entry.microUsd())
        .putIfAbsent(ItemNames.DUE_PARTITION, ItemNames.DUE)
        .then(
            new ItemUpdate.Action.PutIfAbsent(
                ItemNames.DUE_MINUTE, new Whole(now / 1_000_000_000L / SECONDS_A_MINUTE)));
  }

  private static void nameModel(
      ItemUpdate.Builder write,
      ReservationEntry entry,
      String model,
      int maxNames,
      QuotaItem seen) {
    var attribute = ItemNames.modelName(entry.modelCode());
    if (entry.modelCode() == ModelCodes.OTHER_CODE) {
      putName(write, attribute, ModelCodes.OTHER);
    } else if (seen.has(attribute)) {
      // It is not put again from memory: a name that has gone meanwhile would not be counted.
      write.when(new Condition.Is(attribute, new Text(model)));
    } else {
      putName(write, attribute, model);
      countName(write, maxNames, seen);
    }
  }

  private static void putName(ItemUpdate.Builder write, String attribute, String model) {
    write.when(new Condition.AbsentOrIs(attribute, new Text(model))).putIfAbsent(attribute, model);
  }

  /**
   * The count may be too high: where it says that there is no room, and the item as last seen has
   * some, it is put right.
   */
  private static void countName(ItemUpdate.Builder write, int maxNames, QuotaItem seen) {
    long counted = seen.number(ItemNames.NAMES);
    if (counted < maxNames) {
      write
          .when(new Condition.AbsentOrAtMost(ItemNames.NAMES, maxNames - 1))
          .addFromZero(ItemNames.NAMES, 1);
    } else {
      ModelCodes.count(write, seen, ModelCodes.namesIn(seen) + 1L);
    }
  }
}
