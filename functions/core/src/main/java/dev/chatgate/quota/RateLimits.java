package dev.chatgate.quota;

import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.util.List;

/**
 * Where a tenant stands in its minute limits: the values of {@code x-ratelimit-*}.
 *
 * @param buckets one of each minute limit that the tenant has
 */
public record RateLimits(List<Bucket> buckets) {
  /** No minute limits, or no state of them known. */
  public static final RateLimits NONE = new RateLimits(List.of());

  /** Copies the list. */
  public RateLimits {
    buckets = List.copyOf(buckets);
  }

  /**
   * The state of one minute limit.
   *
   * @param limit the limit
   * @param allowed what fits in a minute
   * @param remaining what would be granted now, 0 to {@code allowed}
   * @param reset until all of it would be granted if nothing more happens
   */
  public record Bucket(Limit limit, long allowed, long remaining, Duration reset) {}
}
