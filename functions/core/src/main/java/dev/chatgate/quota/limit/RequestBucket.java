package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Calls a minute, as a token bucket that admissions charge.
 *
 * @param limit the limit
 */
record RequestBucket(Limit limit) implements LimitRule {
  @Override
  public long requested(Claim claim) {
    return 1;
  }

  @Override
  public long largestCompletion(Claim claim, long holdable) {
    return holdable == 0 ? 0 : Long.MAX_VALUE;
  }

  /**
   * An idle bucket is taken from now on, a busy one for longer. The state last seen says which;
   * both writes are possible while the TAT is at most {@link Buckets#OVERLAP_NANOS} old.
   */
  @Override
  public void admit(ItemUpdate.Builder write, long allowed, AdmissionAttempt attempt) {
    long now = attempt.nanos();
    long increment = increment(allowed);
    var id = attempt.claim().requestId().reservationId();
    if (Buckets.isIdle(attempt.item().number(ItemNames.REQUESTS_TAT), now, id)) {
      write
          .when(new Condition.AbsentOrBelow(ItemNames.REQUESTS_TAT, now))
          .put(ItemNames.REQUESTS_TAT, now + increment);
    } else {
      write
          .when(
              new Condition.Between(
                  ItemNames.REQUESTS_TAT,
                  now - Buckets.OVERLAP_NANOS,
                  now + Buckets.FULL_NANOS - increment))
          .add(ItemNames.REQUESTS_TAT, increment);
    }
  }

  private static long increment(long allowed) {
    return Buckets.nanosFor(1, OptionalLong.of(allowed));
  }

  @Override
  public Optional<Refusal> refusal(long allowed, AdmissionAttempt attempt) {
    long taken = Buckets.takenByRequests(attempt.item(), attempt.nanos());
    long wait = taken + increment(allowed) - Buckets.FULL_NANOS;
    return wait <= 0
        ? Optional.empty()
        : Optional.of(
            Refusal.waiting(
                limit, Duration.ofNanos(wait), 1, allowed, Buckets.amountOf(taken, allowed), 0));
  }

  @Override
  public LimitState state(long allowed, QuotaItem item, Instant now) {
    long taken = Buckets.takenByRequests(item, Buckets.nanosOf(now));
    return MinuteLimits.state(limit, allowed, taken, 0, now);
  }

  @Override
  public Optional<RateLimits.Bucket> bucket(long allowed, QuotaItem item, Instant now) {
    long taken = Buckets.takenByRequests(item, Buckets.nanosOf(now));
    return Optional.of(MinuteLimits.bucket(limit, allowed, taken));
  }
}
