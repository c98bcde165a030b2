package dev.chatgate.quota;

import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.tenant.Quota;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a tenant stands in its minute limits: the values of {@code x-ratelimit-*}.
 *
 * @param requests absent if the tenant has no such limit
 * @param tokens absent if the tenant has no such limit
 */
public record RateLimits(Optional<Bucket> requests, Optional<Bucket> tokens) {
  /** No minute limits, or no state of them known. */
  public static final RateLimits NONE = new RateLimits(Optional.empty(), Optional.empty());

  /**
   * Reads a state of the quota item.
   *
   * @param quota the limits
   * @param item the state
   * @param now epoch nanoseconds
   */
  public static RateLimits of(Quota quota, QuotaItem item, long now) {
    return new RateLimits(
        bucket(quota.requestsPerMinute(), Buckets.takenByRequests(item, now)),
        bucket(quota.tokensPerMinute(), Buckets.takenByTokens(item, now)));
  }

  private static Optional<Bucket> bucket(OptionalLong limit, long takenNanos) {
    return limit.isEmpty()
        ? Optional.empty()
        : Optional.of(Buckets.bucket(limit.getAsLong(), takenNanos));
  }

  /**
   * One token bucket.
   *
   * @param limit what fits in a minute
   * @param remaining what would be granted now, 0 to {@code limit}
   * @param reset until the bucket is as good as new
   */
  public record Bucket(long limit, long remaining, Duration reset) {}
}
