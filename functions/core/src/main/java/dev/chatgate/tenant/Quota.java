package dev.chatgate.tenant;

import java.util.OptionalLong;

/**
 * The limits of a tenant. Absent means no such limit, 0 means blocked.
 *
 * @param requestsPerMinute admitted calls over any 60 seconds, a token bucket
 * @param tokensPerMinute tokens over any 60 seconds, a token bucket
 * @param tokensPerDay tokens in a UTC day, settled and reserved
 * @param tokensPerMonth tokens in a UTC calendar month, settled and reserved
 * @param microUsdPerMonth money in a UTC calendar month, in micro-dollars
 * @param maxConcurrentRequests calls in flight
 * @param maxTokensPerRequest ceiling on the completion tokens of one choice; 0 refuses every call
 * @param defaultMaxTokens completion tokens of a call that names none, at least 1
 */
public record Quota(
    OptionalLong requestsPerMinute,
    OptionalLong tokensPerMinute,
    OptionalLong tokensPerDay,
    OptionalLong tokensPerMonth,
    OptionalLong microUsdPerMonth,
    OptionalLong maxConcurrentRequests,
    OptionalLong maxTokensPerRequest,
    OptionalLong defaultMaxTokens) {

  /** No limit at all. */
  public static final Quota UNLIMITED =
      new Quota(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  /**
   * @throws IllegalArgumentException if a limit is negative, or {@code defaultMaxTokens} is 0
   */
  public Quota {
    requireNotNegative("requests_per_minute", requestsPerMinute);
    requireNotNegative("tokens_per_minute", tokensPerMinute);
    requireNotNegative("tokens_per_day", tokensPerDay);
    requireNotNegative("tokens_per_month", tokensPerMonth);
    requireNotNegative("cost_per_month_usd", microUsdPerMonth);
    requireNotNegative("max_concurrent_requests", maxConcurrentRequests);
    requireNotNegative("max_tokens_per_request", maxTokensPerRequest);
    if (defaultMaxTokens.isPresent() && defaultMaxTokens.getAsLong() < 1) {
      throw new IllegalArgumentException("default_max_tokens must be at least 1");
    }
  }

  private static void requireNotNegative(String name, OptionalLong limit) {
    if (limit.isPresent() && limit.getAsLong() < 0) {
      throw new IllegalArgumentException(name + " must not be negative");
    }
  }
}
