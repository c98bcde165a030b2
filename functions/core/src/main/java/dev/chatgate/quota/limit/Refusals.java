package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Limit;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Refusal.Kind;
import dev.chatgate.quota.Reserve;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.Entry;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.tenant.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/** Says why a claim does not fit, and what would have to happen. Pure. */
public final class Refusals {
  /** The wait where calls in flight must end: nobody knows when. */
  private static final Duration UNTIL_CALLS_END = Duration.ofSeconds(1);

  private Refusals() {}

  /**
   * One limit that refuses.
   *
   * @param spent whether its settled part alone leaves no room
   * @param delay until it has room, if nothing else happens
   */
  private record Blocked(
      Limit limit,
      boolean spent,
      Duration delay,
      long requested,
      long allowed,
      long settled,
      long inFlight,
      Optional<Instant> freesAt) {

    Refusal as(Kind kind) {
      return new Refusal(
          limit,
          kind,
          requested,
          allowed,
          settled,
          inFlight,
          Optional.of(delay),
          freesAt,
          OptionalLong.empty());
    }
  }

  // ---- what no waiting helps

  /** The refusal of a claim that a limit could not hold even if it were empty. */
  public static Optional<Refusal> neverFits(Claim claim) {
    var quota = claim.quota();
    return firstThatNeverFits(claim, quota).map(limit -> neverFits(claim, quota, limit));
  }

  /** A limit of 0 if there is one, else that with the smallest room for completion tokens. */
  private static Optional<Limit> firstThatNeverFits(Claim claim, Quota quota) {
    return List.of(Limit.values()).stream()
        .filter(limit -> requested(limit, claim) > holdable(limit, quota))
        .min(
            Comparator.comparing((Limit limit) -> holdable(limit, quota) != 0)
                .thenComparingLong(limit -> largestCompletion(limit, claim, quota)));
  }

  private static Refusal neverFits(Claim claim, Quota quota, Limit limit) {
    long largest =
        List.of(Limit.values()).stream()
            .mapToLong(each -> largestCompletion(each, claim, quota))
            .min()
            .orElseThrow();
    long allowed = allowed(limit, quota).orElseThrow();
    return new Refusal(
        limit,
        allowed == 0 ? Kind.BLOCKED : Kind.NEVER_FITS,
        requested(limit, claim),
        allowed,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        largest < 1 ? OptionalLong.empty() : OptionalLong.of(largest));
  }

  private static OptionalLong allowed(Limit limit, Quota quota) {
    return switch (limit) {
      case REQUESTS_PER_MINUTE -> quota.requestsPerMinute();
      case TOKENS_PER_MINUTE -> quota.tokensPerMinute();
      case TOKENS_PER_DAY -> quota.tokensPerDay();
      case TOKENS_PER_MONTH -> quota.tokensPerMonth();
      case COST_PER_MONTH -> quota.microUsdPerMonth();
      case CONCURRENT_REQUESTS -> quota.maxConcurrentRequests();
    };
  }

  private static long requested(Limit limit, Claim claim) {
    return switch (limit) {
      case REQUESTS_PER_MINUTE, CONCURRENT_REQUESTS -> 1;
      case TOKENS_PER_MINUTE, TOKENS_PER_DAY, TOKENS_PER_MONTH -> claim.tokens();
      case COST_PER_MONTH -> claim.microUsd();
    };
  }

  /** What a limit can hold: its value, but no more than an entry can say. */
  private static long holdable(Limit limit, Quota quota) {
    var allowed = allowed(limit, quota);
    return allowed.isPresent() ? Math.min(Entry.MOST, allowed.getAsLong()) : Long.MAX_VALUE;
  }

  /** The most completion tokens with which a limit could hold the call if it were empty. */
  private static long largestCompletion(Limit limit, Claim claim, Quota quota) {
    long most = holdable(limit, quota);
    return switch (limit) {
      case REQUESTS_PER_MINUTE, CONCURRENT_REQUESTS -> most == 0 ? 0 : Long.MAX_VALUE;
      case TOKENS_PER_MINUTE, TOKENS_PER_DAY, TOKENS_PER_MONTH ->
          most == Long.MAX_VALUE ? most : most - claim.promptTokens();
      case COST_PER_MONTH ->
          largest(claim.completionTokens(), tokens -> claim.microUsdWith(tokens) <= most);
    };
  }

  /** The largest number up to {@code most} that fits, where smaller ones fit too; -1 if none. */
  private static long largest(long most, LongPredicate fits) {
    if (fits.test(most)) {
      return Long.MAX_VALUE;
    }
    long low = -1;
    long high = most;
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

  // ---- what waiting helps

  /**
   * The refusal of a claim by a state of the item: exactly where the admission's conditions, in one
   * of their branches, do not hold.
   *
   * @param claim what is asked for, within every limit's value
   * @param item the state
   * @param epochDay the day whose windows are charged
   * @param now the present
   */
  public static Optional<Refusal> by(Claim claim, QuotaItem item, int epochDay, Instant now) {
    var blocked = new ArrayList<Blocked>();
    var quota = claim.quota();
    var reserve = Reserve.of(claim);
    requestsPerMinute(quota, item, now).ifPresent(blocked::add);
    tokensPerMinute(quota, reserve, item, now).ifPresent(blocked::add);
    concurrency(quota, item).ifPresent(blocked::add);
    windows(quota, reserve, item, epochDay, now).forEach(blocked::add);
    var kind = blocked.stream().anyMatch(Blocked::spent) ? Kind.SPENT : Kind.WAIT;
    return blocked.stream().max(Comparator.comparing(Blocked::delay)).map(last -> last.as(kind));
  }

  private static Optional<Blocked> requestsPerMinute(Quota quota, QuotaItem item, Instant now) {
    if (quota.requestsPerMinute().isEmpty()) {
      return Optional.empty();
    }
    long limit = quota.requestsPerMinute().getAsLong();
    long taken = Buckets.takenByRequests(item, Buckets.nanosOf(now));
    long increment = Buckets.nanosFor(1, quota.requestsPerMinute());
    long wait = taken + increment - Buckets.FULL_NANOS;
    return wait <= 0
        ? Optional.empty()
        : Optional.of(
            waiting(
                Limit.REQUESTS_PER_MINUTE,
                Duration.ofNanos(wait),
                1,
                limit,
                Buckets.amountOf(taken, limit),
                0));
  }

  private static Optional<Blocked> tokensPerMinute(
      Quota quota, Reserve reserve, QuotaItem item, Instant now) {
    if (quota.tokensPerMinute().isEmpty()) {
      return Optional.empty();
    }
    long limit = quota.tokensPerMinute().getAsLong();
    long nanos = Buckets.nanosOf(now);
    long held = item.number(ItemNames.TOKENS_HELD);
    long settled = Math.max(item.number(ItemNames.TOKENS_TAT) - nanos, 0);
    long wait = settled + held + reserve.holdNanos() - Buckets.FULL_NANOS;
    if (wait <= 0) {
      return Optional.empty();
    }
    boolean timeFrees = held + reserve.holdNanos() <= Buckets.FULL_NANOS;
    return Optional.of(
        waiting(
            Limit.TOKENS_PER_MINUTE,
            timeFrees ? Duration.ofNanos(wait) : UNTIL_CALLS_END,
            reserve.tokens(),
            limit,
            Buckets.amountOf(settled, limit),
            Buckets.amountOf(held, limit)));
  }

  private static Optional<Blocked> concurrency(Quota quota, QuotaItem item) {
    long entries = item.number(ItemNames.ENTRIES);
    var most = quota.maxConcurrentRequests();
    return most.isEmpty() || entries < most.getAsLong()
        ? Optional.empty()
        : Optional.of(
            waiting(Limit.CONCURRENT_REQUESTS, UNTIL_CALLS_END, 1, most.getAsLong(), 0, entries));
  }

  private static Blocked waiting(
      Limit limit, Duration delay, long requested, long allowed, long settled, long inFlight) {
    return new Blocked(
        limit, false, delay, requested, allowed, settled, inFlight, Optional.empty());
  }

  private static List<Blocked> windows(
      Quota quota, Reserve reserve, QuotaItem item, int day, Instant now) {
    int month = Windows.monthOf(day);
    var endOfDay = Windows.endOfDay(day);
    var endOfMonth = Windows.endOfMonth(day);
    var blocked = new ArrayList<Blocked>();
    window(
            new Window(Limit.TOKENS_PER_DAY, quota.tokensPerDay(), endOfDay),
            item.number(ItemNames.dayTokens(day)),
            item.heldOfDay(day, Entry::tokens),
            reserve.tokens(),
            now)
        .ifPresent(blocked::add);
    window(
            new Window(Limit.TOKENS_PER_MONTH, quota.tokensPerMonth(), endOfMonth),
            item.number(ItemNames.monthTokens(month)),
            item.heldOfMonth(month, Entry::tokens),
            reserve.tokens(),
            now)
        .ifPresent(blocked::add);
    window(
            new Window(Limit.COST_PER_MONTH, quota.microUsdPerMonth(), endOfMonth),
            item.number(ItemNames.monthMicroUsd(month)),
            item.heldOfMonth(month, Entry::microUsd),
            reserve.microUsd(),
            now)
        .ifPresent(blocked::add);
    return blocked;
  }

  private record Window(Limit limit, OptionalLong allowed, Instant end) {}

  private static Optional<Blocked> window(
      Window window, long taken, long inFlight, long requested, Instant now) {
    if (window.allowed().isEmpty() || taken + requested <= window.allowed().getAsLong()) {
      return Optional.empty();
    }
    long allowed = window.allowed().getAsLong();
    long settled = taken - inFlight;
    boolean spent = settled + requested > allowed;
    return Optional.of(
        new Blocked(
            window.limit(),
            spent,
            spent ? Duration.between(now, window.end()) : UNTIL_CALLS_END,
            requested,
            allowed,
            settled,
            inFlight,
            Optional.of(window.end())));
  }
}
