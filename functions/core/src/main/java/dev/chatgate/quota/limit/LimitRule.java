package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One kind of limit: what it asks of the quota item, when it refuses, and what it shows. Everything
 * that is particular to a limit is in its rule, and {@link Limits} lists the rules. The methods are
 * called only for tenants that have the limit, and keep no state.
 */
public interface LimitRule {
  /** The wait where calls in flight must end: their end is not known. */
  Duration UNTIL_CALLS_END = Duration.ofSeconds(1);

  /** The limit that is ruled. */
  Limit limit();

  /** What a call asks the limit to hold, in the limit's unit. */
  long requested(Claim claim);

  /**
   * The most completion tokens with which the limit could hold a call if it were empty.
   *
   * @param holdable the limit's value, at most {@link ReservationEntry#MAX}
   * @return less than 1 if it could not hold the call at all; {@link Long#MAX_VALUE} for any number
   */
  long largestCompletion(Claim claim, long holdable);

  /**
   * Adds to the write that admits a call: the limit's conditions, and what it counts that {@link
   * dev.chatgate.quota.item.EntryWrite} does not count already.
   *
   * @param allowed the limit's value, at least what is requested
   * @param attempt the item in it is a guess, the last state seen
   */
  void admit(ItemUpdate.Builder write, long allowed, AdmissionAttempt attempt);

  /**
   * Why a state of the item leaves no room: present exactly where the conditions of {@link #admit}
   * do not hold of that state, whatever was guessed.
   *
   * @param allowed the limit's value, at least what is requested
   * @return with a wait in {@link Refusal#retryAfter}, {@link Refusal.Kind#WAIT} or {@link
   *     Refusal.Kind#SPENT}
   */
  Optional<Refusal> refusal(long allowed, AdmissionAttempt attempt);

  /**
   * Where the tenant stands in the limit.
   *
   * @param allowed the limit's value
   */
  LimitState state(long allowed, QuotaItem item, Instant now);

  /**
   * The limit's part of {@code x-ratelimit-*}, if it is a minute limit.
   *
   * @param allowed the limit's value
   */
  default Optional<RateLimits.Bucket> bucket(long allowed, QuotaItem item, Instant now) {
    return Optional.empty();
  }

  /**
   * The attribute of the limit's current window, of a limit that has a window in the item: warnings
   * are about these.
   */
  default Optional<String> window(QuotaItem item, Instant now) {
    return Optional.empty();
  }
}
