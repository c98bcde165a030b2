package dev.chatgate.quota.item;

import dev.chatgate.quota.item.Attribute.Text;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import java.time.Instant;
import java.util.Optional;

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
    var write = hold(id, entry);
    enterIndex(write, now);
    nameModel(write, entry, model, maxNames, seen);
    return write;
  }

  /**
   * Begins the write that admits a call at an end user's item; the admission adds the tier's
   * limits. The item has no models' names and is in no index: the tenant's entry says where it is.
   *
   * @param id the reservation's id
   * @param entry what it holds
   * @param operatorTier the tier that an operator gave the end user, as the item must have it
   */
  public static ItemUpdate.Builder beginAtEndUser(
      String id, ReservationEntry entry, Optional<String> operatorTier) {
    var write = hold(id, entry).when(new Condition.Absent(ItemNames.BLOCKED));
    return operatorTier
        .map(tier -> write.when(new Condition.Is(ItemNames.OPERATOR_TIER, new Text(tier))))
        .orElseGet(() -> expire(write, entry));
  }

  /**
   * The write that puts a correction's entry into an end user's item, blocked or not. It is not
   * done if the end user was forgotten after the corrected call: the counters have nothing of it.
   *
   * @param id the correction's id
   * @param entry it
   * @param correctedAt when the corrected call began
   * @param seen the item as last seen: whether it has a time to expire is guessed by it
   */
  public static ItemUpdate correctAtEndUser(
      String id, ReservationEntry entry, Instant correctedAt, QuotaItem seen) {
    var write =
        hold(id, entry)
            .when(new Condition.AbsentOrBelow(ItemNames.FORGOTTEN, correctedAt.getEpochSecond()));
    return EndUserWrite.isKept(seen)
        ? write.build()
        : expire(write.when(new Condition.Absent(ItemNames.BLOCKED)), entry).build();
  }

  /** Whether an end user was forgotten after a call had begun. */
  public static boolean isForgotten(QuotaItem endUser, Instant callBegan) {
    return endUser.has(ItemNames.FORGOTTEN)
        && endUser.number(ItemNames.FORGOTTEN) >= callBegan.getEpochSecond();
  }

  private static ItemUpdate.Builder expire(ItemUpdate.Builder write, ReservationEntry entry) {
    return write
        .when(new Condition.Absent(ItemNames.OPERATOR_TIER))
        .put(ItemNames.EXPIRES_AT, EndUserWrite.expiresAt(entry.epochDay()));
  }

  private static ItemUpdate.Builder hold(String id, ReservationEntry entry) {
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
        .addFromZero(ItemNames.monthMicroUsd(month), entry.microUsd());
  }

  private static void enterIndex(ItemUpdate.Builder write, long now) {
    write
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
