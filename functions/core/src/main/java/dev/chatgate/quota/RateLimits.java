package dev.chatgate.quota;

import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.util.List;

/**
 * Where a tenant or an end user stands in its limits: the values of {@code x-ratelimit-*}, and the
 * warnings before a day, month or money limit is used up.
 *
 * @param buckets one of each minute limit that there is
 * @param warnings one of each limit of which so much is settled that a warning is due
 */
public record RateLimits(List<Bucket> buckets, List<Warning> warnings) {
  /** No minute limits, or no state of them known. */
  public static final RateLimits NONE = new RateLimits(List.of());

  /** Copies the lists. */
  public RateLimits {
    buckets = List.copyOf(buckets);
    warnings = List.copyOf(warnings);
  }

  /** No warning is due. */
  public RateLimits(List<Bucket> buckets) {
    this(buckets, List.of());
  }

  /**
   * A limit that is nearly used up.
   *
   * @param limit the limit
   * @param percent of it that is settled, rounded down; above 100 after an overrun
   */
  public record Warning(Limit limit, long percent) {}

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
