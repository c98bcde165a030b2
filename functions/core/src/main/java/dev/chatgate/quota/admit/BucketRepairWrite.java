package dev.chatgate.quota.admit;

import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Action;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import java.util.Optional;

/**
 * The write that lowers a bucket in an impossible state to a full one. An instance with a clock
 * that is an hour fast sets the arrival time an hour into the future, and the tenant's calls are
 * refused for that hour. An overrun may also set the token bucket's arrival time that far; {@link
 * ItemNames#TOKENS_OVER} contains by how much, so such a bucket is not repaired.
 *
 * <p>How much of the minute was used before is not known, so the bucket becomes full, not empty:
 * the tenant waits for room as after any full minute, and no repair admits more than the limit.
 */
final class BucketRepairWrite {
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private BucketRepairWrite() {}

  /**
   * Returns the repair of one bucket, or empty if no bucket needs it. If both buckets need it, call
   * this again with the item after the first repair.
   *
   * @param item the state
   * @param now epoch nanoseconds of a time that the store confirmed: seen from a clock that is
   *     behind, a full bucket looks impossible
   */
  static Optional<ItemUpdate> of(QuotaItem item, long now) {
    if (item.number(ItemNames.REQUESTS_TAT) > now + Buckets.MAX_TAT_AHEAD_NANOS) {
      return Optional.of(lowerRequests(item, now + MINUTE_NANOS));
    }
    long maxTokensTat = now + Buckets.MAX_TAT_AHEAD_NANOS + item.number(ItemNames.TOKENS_OVER);
    if (item.number(ItemNames.TOKENS_TAT) > maxTokensTat) {
      return Optional.of(lowerTokens(item, now + MINUTE_NANOS));
    }
    return Optional.empty();
  }

  private static ItemUpdate lowerRequests(QuotaItem item, long tat) {
    return unchanged(ItemNames.REQUESTS_TAT, item).put(ItemNames.REQUESTS_TAT, tat).build();
  }

  private static ItemUpdate lowerTokens(QuotaItem item, long tat) {
    return unchanged(ItemNames.TOKENS_TAT, item)
        .put(ItemNames.TOKENS_TAT, tat)
        .then(new Action.PutSum(ItemNames.TOKENS_VIRTUAL, ItemNames.TOKENS_HELD, tat))
        .remove(ItemNames.TOKENS_OVER)
        .build();
  }

  private static ItemUpdate.Builder unchanged(String name, QuotaItem item) {
    return new ItemUpdate.Builder().when(new Condition.Is(name, new Whole(item.number(name))));
  }
}
