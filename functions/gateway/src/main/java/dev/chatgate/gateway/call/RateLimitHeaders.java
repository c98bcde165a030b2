package dev.chatgate.gateway.call;

import dev.chatgate.quota.RateLimits;
import dev.chatgate.tenant.Caller;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The {@code x-ratelimit-*} headers in OpenAI's form ("Rate limits", "Rate limits in headers"), and
 * the warning that a day, month or money limit is nearly used up.
 */
final class RateLimitHeaders {
  /** How many percent of which limits are used, of those for which a warning is due. */
  static final String WARNING = "x-chatgate-quota-warning";

  private RateLimitHeaders() {}

  /**
   * The headers for a caller.
   *
   * @param limits the state of the end user's limits if the caller has a tier, else of the tenant's
   * @return nothing for a caller that may not see it
   */
  static Map<String, String> of(RateLimits limits, Caller who) {
    return who.tier().isPresent() || who.seesTenantTotals() ? of(limits) : Map.of();
  }

  private static Map<String, String> of(RateLimits limits) {
    var headers = new LinkedHashMap<String, String>();
    for (var bucket : limits.buckets()) {
      put(headers, bucket.limit().unit().name().toLowerCase(Locale.ROOT), bucket);
    }
    if (!limits.warnings().isEmpty()) {
      headers.put(
          WARNING,
          limits.warnings().stream()
              .map(warning -> warning.limit().key() + "=" + warning.percent())
              .collect(Collectors.joining(", ")));
    }
    return headers;
  }

  private static void put(Map<String, String> headers, String what, RateLimits.Bucket bucket) {
    headers.put("x-ratelimit-limit-" + what, Long.toString(bucket.allowed()));
    headers.put("x-ratelimit-remaining-" + what, Long.toString(bucket.remaining()));
    headers.put("x-ratelimit-reset-" + what, reset(bucket.reset()));
  }

  /** Whole seconds, rounded up: {@code 1s}, {@code 6m0s}. */
  static String reset(Duration wait) {
    long seconds = Math.ceilDiv(Math.max(0, wait.toMillis()), 1000L);
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
  }
}
