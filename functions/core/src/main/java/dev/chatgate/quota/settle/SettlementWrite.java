package dev.chatgate.quota.settle;

import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemNames.Counter;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Action;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;

/**
 * The write that applies a decision: takes the entry out, and puts what was used in the place of
 * what was held. It is conditional on the very bytes of the entry, so it is done once.
 *
 * <p>A window goes with it once it is older than the newest day seen and no other entry names it.
 * Any earlier state of the item is a safe witness of that: the day guard lets no entry in that
 * names a day older than one seen, so the entries that name such a window only become fewer.
 */
final class SettlementWrite {
  private SettlementWrite() {}

  /**
   * The write.
   *
   * @param id the reservation's id
   * @param entry the entry, as it must be found
   * @param charge what was used
   * @param seen any earlier state of the item: whether the token bucket is idle is guessed by it
   * @param now epoch nanoseconds
   */
  static ItemUpdate update(
      String id, ReservationEntry entry, Charge charge, QuotaItem seen, long now) {
    var write =
        new ItemUpdate.Builder()
            .when(new Condition.Is(id, new ReservationAttribute(entry)))
            .remove(id)
            .add(ItemNames.ENTRIES, -1)
            .add(ItemNames.TOKENS_HELD, -entry.holdNanos());
    chargeBucket(write, id, entry, charge, seen, now);
    moveWindows(write, id, entry, charge, seen);
    removeOldWindows(write, id, seen);
    addToRollUp(write, entry, charge);
    return write.build();
  }

  private static void chargeBucket(
      ItemUpdate.Builder write,
      String id,
      ReservationEntry entry,
      Charge charge,
      QuotaItem seen,
      long now) {
    if (Buckets.isIdle(seen.number(ItemNames.TOKENS_TAT), now, id)) {
      chargeIdleBucket(write, entry, charge, now);
    } else {
      chargeBusyBucket(write, entry, charge, now);
    }
  }

  private static void chargeIdleBucket(
      ItemUpdate.Builder write, ReservationEntry entry, Charge charge, long now) {
    long tat = now + charge.bucketNanos();
    long over = charge.bucketNanos() - entry.holdNanos();
    write
        .when(new Condition.AbsentOrBelow(ItemNames.TOKENS_TAT, now))
        .put(ItemNames.TOKENS_TAT, tat)
        .then(
            new Action.PutSum(
                ItemNames.TOKENS_VIRTUAL, ItemNames.TOKENS_HELD, tat - entry.holdNanos()));
    if (over > 0) {
      write.put(ItemNames.TOKENS_OVER, over);
    } else {
      write.remove(ItemNames.TOKENS_OVER);
    }
  }

  private static void chargeBusyBucket(
      ItemUpdate.Builder write, ReservationEntry entry, Charge charge, long now) {
    long over = charge.bucketNanos() - entry.holdNanos();
    write
        .when(new Condition.AtLeast(ItemNames.TOKENS_TAT, now - Buckets.OVERLAP_NANOS))
        .add(ItemNames.TOKENS_TAT, charge.bucketNanos())
        .add(ItemNames.TOKENS_VIRTUAL, over);
    if (over > 0) {
      write.addFromZero(ItemNames.TOKENS_OVER, over);
    }
  }

  private static void moveWindows(
      ItemUpdate.Builder write, String id, ReservationEntry entry, Charge charge, QuotaItem seen) {
    int day = entry.epochDay();
    int month = Windows.monthOf(day);
    if (!dayGoes(day, id, seen)) {
      move(write, ItemNames.dayTokens(day), charge.dayTokens() - entry.tokens());
    }
    if (!monthGoes(month, id, seen)) {
      move(write, ItemNames.monthTokens(month), charge.monthTokens() - entry.tokens());
      move(write, ItemNames.monthMicroUsd(month), charge.monthMicroUsd() - entry.microUsd());
    }
  }

  private static void move(ItemUpdate.Builder write, String window, long amount) {
    if (amount != 0) {
      write.add(window, amount);
    }
  }

  private static void removeOldWindows(ItemUpdate.Builder write, String id, QuotaItem seen) {
    for (var name : seen.attributes().keySet()) {
      int day = ItemNames.windowOf('d', name);
      int month = Math.max(ItemNames.windowOf('m', name), ItemNames.windowOf('c', name));
      if ((day >= 0 && dayGoes(day, id, seen)) || (month >= 0 && monthGoes(month, id, seen))) {
        write.remove(name);
      }
    }
  }

  private static boolean dayGoes(int day, String id, QuotaItem seen) {
    return day < seen.newestDay() && !seen.hasOtherReservationOfDay(day, id);
  }

  private static boolean monthGoes(int month, String id, QuotaItem seen) {
    return month < Windows.monthOf(seen.newestDay()) && !seen.hasOtherReservationOfMonth(month, id);
  }

  private static void addToRollUp(ItemUpdate.Builder write, ReservationEntry entry, Charge charge) {
    var used = charge.rollUp();
    int code = charge.underOther() ? ModelCodes.OTHER_CODE : entry.modelCode();
    if (charge.underOther()) {
      write.putIfAbsent(ItemNames.modelName(code), ModelCodes.OTHER);
    }
    count(write, entry.epochDay(), code, Counter.CALLS, used.calls());
    count(write, entry.epochDay(), code, Counter.PROMPT, used.prompt());
    count(write, entry.epochDay(), code, Counter.CACHED, used.cached());
    count(write, entry.epochDay(), code, Counter.COMPLETION, used.completion());
    count(write, entry.epochDay(), code, Counter.MICRO_USD, used.microUsd());
    count(write, entry.epochDay(), code, Counter.ESTIMATED, used.estimated());
  }

  private static void count(
      ItemUpdate.Builder write, int epochDay, int code, Counter counter, long amount) {
    if (amount != 0) {
      write.addFromZero(new RollUpName(counter, epochDay, code).toString(), amount);
    }
  }
}
