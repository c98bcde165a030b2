package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Refusal.Kind;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * Tokens or money of a UTC day or calendar month, settled and reserved.
 *
 * @param limit the limit; its unit is tokens or money
 * @param period how long the window is
 */
record WindowSum(Limit limit, Period period) implements LimitRule {

  /** How long a window is. */
  enum Period {
    DAY,
    MONTH
  }

  @Override
  public long requested(Claim claim) {
    return limit.isMoney() ? claim.microUsd() : claim.tokens();
  }

  private long reserved(ReservationEntry entry) {
    return limit.isMoney() ? entry.microUsd() : entry.tokens();
  }

  @Override
  public long largestCompletion(Claim claim, long holdable) {
    return limit.isMoney()
        ? largest(claim.completionTokens(), tokens -> claim.microUsdWith(tokens) <= holdable)
        : holdable - claim.promptTokens();
  }

  /**
   * The largest number up to {@code max} that fits, where smaller ones fit too; -1 if none fits,
   * and any number if {@code max} does.
   */
  private static long largest(long max, LongPredicate fits) {
    if (fits.test(max)) {
      return Long.MAX_VALUE;
    }
    long low = -1;
    long high = max;
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      if (fits.test(middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public void admit(ItemUpdate.Builder write, long allowed, AdmissionAttempt attempt) {
    long room = allowed - reserved(attempt.entry());
    write.when(new Condition.AbsentOrAtMost(attribute(attempt.entry().epochDay()), room));
  }

  private String attribute(int epochDay) {
    if (period == Period.DAY) {
      return ItemNames.dayTokens(epochDay);
    }
    int month = Windows.monthOf(epochDay);
    return limit.isMoney() ? ItemNames.monthMicroUsd(month) : ItemNames.monthTokens(month);
  }

  private long held(QuotaItem item, int epochDay) {
    return period == Period.DAY
        ? item.heldOfDay(epochDay, this::reserved)
        : item.heldOfMonth(Windows.monthOf(epochDay), this::reserved);
  }

  private Instant end(int epochDay) {
    return period == Period.DAY ? Windows.endOfDay(epochDay) : Windows.endOfMonth(epochDay);
  }

  @Override
  public Optional<Refusal> refusal(long allowed, AdmissionAttempt attempt) {
    int day = attempt.entry().epochDay();
    long requested = reserved(attempt.entry());
    long taken = attempt.item().number(attribute(day));
    if (taken + requested <= allowed) {
      return Optional.empty();
    }
    long held = held(attempt.item(), day);
    boolean spent = taken - held + requested > allowed;
    return Optional.of(
        new Refusal(
            limit,
            spent ? Kind.SPENT : Kind.WAIT,
            requested,
            allowed,
            taken - held,
            held,
            Optional.of(spent ? Duration.between(attempt.now(), end(day)) : UNTIL_CALLS_END),
            Optional.of(end(day)),
            OptionalLong.empty()));
  }

  @Override
  public Optional<String> window(QuotaItem item, Instant now) {
    return Optional.of(attribute(day(item, now)));
  }

  /** Windows only roll forward: a clock that is behind reads the item's. */
  private static int day(QuotaItem item, Instant now) {
    return Math.max(Windows.dayOf(now), item.newestDay());
  }

  @Override
  public LimitState state(long allowed, QuotaItem item, Instant now) {
    int day = day(item, now);
    long taken = item.number(attribute(day));
    long held = held(item, day);
    return new LimitState(
        limit, allowed, taken - held, held, Math.max(0, allowed - taken), Optional.of(end(day)));
  }
}
