package dev.chatgate.quota.limit;

import dev.chatgate.quota.Limit;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.Entry;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.tenant.Quota;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads where a tenant stands in each of its limits from a state of its item. Pure. */
public final class LimitStates {
  private final QuotaItem item;
  private final Instant now;
  private final int day;
  private final int month;
  private final List<LimitState> states = new ArrayList<>();

  private LimitStates(QuotaItem item, Instant now) {
    this.item = item;
    this.now = now;
    // Windows only roll forward: a clock that is behind reads the item's.
    this.day = Math.max(Windows.dayOf(now), item.newestDay());
    this.month = Windows.monthOf(day);
  }

  /** The limits that the tenant has, in the order of {@link Limit}. */
  public static List<LimitState> of(Quota quota, QuotaItem item, Instant now) {
    var states = new LimitStates(item, now);
    quota.requestsPerMinute().ifPresent(states::requestsPerMinute);
    quota.tokensPerMinute().ifPresent(states::tokensPerMinute);
    states.window(
        Limit.TOKENS_PER_DAY,
        quota.tokensPerDay(),
        ItemNames.dayTokens(states.day),
        item.heldOfDay(states.day, Entry::tokens),
        Windows.endOfDay(states.day));
    states.window(
        Limit.TOKENS_PER_MONTH,
        quota.tokensPerMonth(),
        ItemNames.monthTokens(states.month),
        item.heldOfMonth(states.month, Entry::tokens),
        Windows.endOfMonth(states.day));
    states.window(
        Limit.COST_PER_MONTH,
        quota.microUsdPerMonth(),
        ItemNames.monthMicroUsd(states.month),
        item.heldOfMonth(states.month, Entry::microUsd),
        Windows.endOfMonth(states.day));
    quota.maxConcurrentRequests().ifPresent(states::concurrency);
    return states.states;
  }

  private void requestsPerMinute(long limit) {
    long taken = Buckets.takenByRequests(item, Buckets.nanosOf(now));
    minute(Limit.REQUESTS_PER_MINUTE, limit, taken, 0);
  }

  private void tokensPerMinute(long limit) {
    long taken = Buckets.takenByTokens(item, Buckets.nanosOf(now));
    minute(Limit.TOKENS_PER_MINUTE, limit, taken, item.number(ItemNames.TOKENS_HELD));
  }

  private void minute(Limit limit, long allowed, long taken, long held) {
    states.add(
        new LimitState(
            limit,
            allowed,
            Buckets.amountOf(taken - held, allowed),
            Buckets.amountOf(held, allowed),
            Buckets.bucket(allowed, taken).remaining(),
            taken == 0 ? Optional.empty() : Optional.of(now.plusNanos(taken))));
  }

  private void window(Limit limit, OptionalLong allowed, String window, long held, Instant end) {
    if (allowed.isPresent()) {
      long taken = item.number(window);
      long remaining = Math.max(0, allowed.getAsLong() - taken);
      states.add(
          new LimitState(
              limit, allowed.getAsLong(), taken - held, held, remaining, Optional.of(end)));
    }
  }

  private void concurrency(long limit) {
    long entries = item.number(ItemNames.ENTRIES);
    states.add(
        new LimitState(
            Limit.CONCURRENT_REQUESTS,
            limit,
            0,
            entries,
            Math.max(0, limit - entries),
            Optional.empty()));
  }
}
