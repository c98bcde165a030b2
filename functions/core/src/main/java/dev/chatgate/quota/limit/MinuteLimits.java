package dev.chatgate.quota.limit;

import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What is shown of a token bucket, in the unit of its limit. */
final class MinuteLimits {
  private MinuteLimits() {}

  /**
   * The state of a bucket.
   *
   * @param taken bucket time that is settled and not yet drained, or held, in nanoseconds
   * @param held the part of it that calls in flight hold
   */
  static LimitState state(Limit limit, long allowed, long taken, long held, Instant now) {
    return new LimitState(
        limit,
        allowed,
        Buckets.amountOf(taken - held, allowed),
        Buckets.amountOf(held, allowed),
        Buckets.remaining(allowed, taken),
        taken == 0 ? Optional.empty() : Optional.of(now.plusNanos(taken)));
  }

  /**
   * A bucket's part of {@code x-ratelimit-*}.
   *
   * @param taken bucket time that is settled and not yet drained, or held, in nanoseconds
   */
  static RateLimits.Bucket bucket(Limit limit, long allowed, long taken) {
    return new RateLimits.Bucket(
        limit, allowed, Buckets.remaining(allowed, taken), Duration.ofNanos(taken));
  }
}
