package dev.chatgate.quota.admit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.item.Attribute.Text;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.Entry;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.tenant.Quota;

/**
 * The write that admits: holds a reserve if every limit has room for it. Only the conditions of
 * absent limits are left out. What applying will add to later is set here even without a limit,
 * else a limit that is set while the call is in flight would make its applying fail for ever.
 */
public final class AdmissionWrite {
  private static final int SECONDS_A_MINUTE = 60;

  private AdmissionWrite() {}

  /**
   * The write for a call.
   *
   * @param id the reservation's id
   * @param entry what it holds
   * @param claim the model and the limits
   * @param seen the item as last seen: whether the request bucket is idle, and whether the model's
   *     name is there, is guessed by it
   * @param now epoch nanoseconds
   */
  static ItemUpdate call(String id, Entry entry, Claim claim, QuotaItem seen, long now) {
    var quota = claim.quota();
    var write = hold(id, entry, now);
    nameModel(write, entry, ModelCodes.nameOf(claim.model()), claim.maxNames(), seen);
    limitConcurrency(write, quota);
    limitTokensPerMinute(write, quota, entry, now);
    limitWindows(write, quota, entry);
    chargeRequest(write, quota, seen, now);
    return write.build();
  }

  /** The write for a correction: bound by no limit, and no request. */
  public static ItemUpdate correction(
      String id, Entry entry, String model, QuotaItem seen, long now) {
    var write = hold(id, entry, now);
    nameModel(write, entry, model, ModelCodes.MAX_NAMES_WITH_CONFIGURED, seen);
    return write.build();
  }

  private static ItemUpdate.Builder hold(String id, Entry entry, long now) {
    int month = Windows.monthOf(entry.epochDay());
    return new ItemUpdate.Builder()
        .when(new Condition.Absent(id))
        // An instance whose clock is behind gets the item back, and adopts its day.
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
      ItemUpdate.Builder write, Entry entry, String model, int maxNames, QuotaItem seen) {
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

  private static void limitConcurrency(ItemUpdate.Builder write, Quota quota) {
    quota
        .maxConcurrentRequests()
        .ifPresent(most -> write.when(new Condition.AbsentOrAtMost(ItemNames.ENTRIES, most - 1)));
  }

  /**
   * max(settled, now) + held + h ≤ now + B has no need of a max() where it is only tested: both
   * settled and now must meet it.
   */
  private static void limitTokensPerMinute(
      ItemUpdate.Builder write, Quota quota, Entry entry, long now) {
    if (quota.tokensPerMinute().isPresent()) {
      long room = Buckets.FULL_NANOS - entry.holdNanos();
      write
          .when(new Condition.AbsentOrAtMost(ItemNames.TOKENS_VIRTUAL, now + room))
          .when(new Condition.AbsentOrAtMost(ItemNames.TOKENS_HELD, room));
    }
  }

  private static void limitWindows(ItemUpdate.Builder write, Quota quota, Entry entry) {
    int month = Windows.monthOf(entry.epochDay());
    quota
        .tokensPerDay()
        .ifPresent(limit ->
            write.when(
                new Condition.AbsentOrAtMost(
                    ItemNames.dayTokens(entry.epochDay()), limit - entry.tokens())));
    quota
        .tokensPerMonth()
        .ifPresent(limit ->
            write.when(
                new Condition.AbsentOrAtMost(
                    ItemNames.monthTokens(month), limit - entry.tokens())));
    quota
        .microUsdPerMonth()
        .ifPresent(limit ->
            write.when(
                new Condition.AbsentOrAtMost(
                    ItemNames.monthMicroUsd(month), limit - entry.microUsd())));
  }

  private static void chargeRequest(
      ItemUpdate.Builder write, Quota quota, QuotaItem seen, long now) {
    if (quota.requestsPerMinute().isEmpty()) {
      return;
    }
    long increment = Buckets.nanosFor(1, quota.requestsPerMinute());
    if (seen.number(ItemNames.REQUESTS_TAT) < now) {
      write
          .when(new Condition.AbsentOrBelow(ItemNames.REQUESTS_TAT, now))
          .put(ItemNames.REQUESTS_TAT, now + increment);
    } else {
      write
          .when(
              new Condition.Between(
                  ItemNames.REQUESTS_TAT, now, now + Buckets.FULL_NANOS - increment))
          .add(ItemNames.REQUESTS_TAT, increment);
    }
  }
}
