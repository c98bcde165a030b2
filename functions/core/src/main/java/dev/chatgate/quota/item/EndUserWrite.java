package dev.chatgate.quota.item;

import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.Attribute.Text;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.ItemUpdate.Action;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaTable.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What an operator writes to an end user's item: a tier, a block, or that it is forgotten. An item
 * with a tier or a block never expires; any other one does, some days after the last month in which
 * the end user called.
 */
public final class EndUserWrite {
  /** Longer than any call and any difference between clocks. */
  private static final Duration KEPT_AFTER_MONTH = Duration.ofDays(2);

  private static final int MAX_ATTEMPTS = 10;

  private static final Set<String> KEPT =
      Set.of(ItemNames.OPERATOR_TIER, ItemNames.BLOCKED, ItemNames.EXPIRES_AT, ItemNames.FORGOTTEN);

  private EndUserWrite() {}

  /** When an item without tier and block may go, epoch seconds, if this was its newest day. */
  static long expiresAt(int epochDay) {
    return Windows.endOfMonth(epochDay).plus(KEPT_AFTER_MONTH).getEpochSecond();
  }

  /** Whether an item has a tier or a block, so that it never expires. */
  static boolean isKept(QuotaItem item) {
    return item.has(ItemNames.OPERATOR_TIER) || item.has(ItemNames.BLOCKED);
  }

  /**
   * Gives an end user a tier, which goes before the credential's.
   *
   * @param tier its name; absent takes the operator's tier away
   * @param now the present
   */
  public static Function<QuotaItem, ItemUpdate> tier(Optional<String> tier, Instant now) {
    return tier.map(name -> kept(ItemNames.OPERATOR_TIER, new Text(name)))
        .orElseGet(() -> without(ItemNames.OPERATOR_TIER, ItemNames.BLOCKED, now));
  }

  /** Blocks an end user: no call is admitted any more. */
  public static Function<QuotaItem, ItemUpdate> block(Instant now) {
    return kept(ItemNames.BLOCKED, new Whole(now.getEpochSecond()));
  }

  /** Takes a block away. */
  public static Function<QuotaItem, ItemUpdate> unblock(Instant now) {
    return without(ItemNames.BLOCKED, ItemNames.OPERATOR_TIER, now);
  }

  private static Function<QuotaItem, ItemUpdate> kept(String name, Attribute value) {
    return _ ->
        new ItemUpdate.Builder()
            .then(new Action.Put(name, value))
            .remove(ItemNames.EXPIRES_AT)
            .build();
  }

  private static Function<QuotaItem, ItemUpdate> without(String name, String other, Instant now) {
    return seen -> {
      var write = asSeen(new ItemUpdate.Builder(), other, seen).remove(name);
      if (!seen.has(other)) {
        write.put(ItemNames.EXPIRES_AT, expiresAt(Windows.dayOf(now)));
      }
      return write.build();
    };
  }

  /**
   * Removes an end user's counters and calls in flight; tier and block stay. It is done only if the
   * item has the same day and calls in flight as when it was seen: applying a call that is there
   * needs its counters, and a day has others. {@link ItemNames#FORGOTTEN} says when it was done:
   * without it, a later correction of a call from before would take away what was never counted.
   */
  public static Function<QuotaItem, ItemUpdate> forget(Instant now) {
    return seen -> {
      var write = asSeen(new ItemUpdate.Builder(), ItemNames.ENTRIES, seen);
      asSeen(write, ItemNames.NEWEST_DAY, seen);
      asSeen(write, ItemNames.OPERATOR_TIER, seen);
      asSeen(write, ItemNames.BLOCKED, seen);
      write.put(ItemNames.FORGOTTEN, now.getEpochSecond());
      if (!isKept(seen)) {
        write.put(ItemNames.EXPIRES_AT, expiresAt(Windows.dayOf(now)));
      }
      seen.entries()
          .forEach(
              (id, entry) -> write.when(new Condition.Is(id, new ReservationAttribute(entry))));
      var counters = new TreeSet<>(seen.attributes().keySet());
      counters.addAll(ItemNames.COUNTERS);
      counters.removeAll(KEPT);
      counters.forEach(write::remove);
      return write.build();
    };
  }

  private static ItemUpdate.Builder asSeen(ItemUpdate.Builder write, String name, QuotaItem seen) {
    return write.when(
        seen.get(name)
            .<Condition>map(value -> new Condition.Is(name, value))
            .orElseGet(() -> new Condition.Absent(name)));
  }

  /**
   * Does such a write, with the item as it is.
   *
   * @return the item after it; empty if calls kept changing the item, or the store throttled
   * @throws dev.chatgate.StoreUnavailableException if no answer came: it may be done; doing it
   *     again has no further effect
   */
  public static Optional<QuotaItem> write(
      QuotaTable table, QuotaKey key, Function<QuotaItem, ItemUpdate> write) {
    var item = table.read(key);
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      switch (table.update(key, write.apply(item))) {
        case Written.Done(QuotaItem after) -> {
          return Optional.of(after);
        }
        case Written.Refused(QuotaItem before) -> item = before;
        case Written.NotDone _ -> item = table.read(key);
      }
    }
    return Optional.empty();
  }
}
