package dev.chatgate.quota;

import java.time.Duration;
import java.util.Optional;

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
   * One token bucket.
   *
   * @param limit what fits in a minute
   * @param remaining what would be granted now, 0 to {@code limit}
   * @param reset until the bucket is as good as new
   */
  public record Bucket(long limit, long remaining, Duration reset) {}
}
