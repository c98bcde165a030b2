package dev.chatgate.cli.tenant;

import dev.chatgate.tenant.Quota;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options for a tenant's limits. A limit without an option does not change. */
final class QuotaOptions {
  @Option(
      names = "--requests-per-minute",
      paramLabel = "N",
      converter = LimitOption.OfNumber.class,
      description = "Requests in any 60 seconds.")
  private Optional<LimitOption> requestsPerMinute = Optional.empty();

  @Option(
      names = "--tokens-per-minute",
      paramLabel = "N",
      converter = LimitOption.OfNumber.class,
      description = "Tokens in any 60 seconds.")
  private Optional<LimitOption> tokensPerMinute = Optional.empty();

  @Option(
      names = "--tokens-per-day",
      paramLabel = "N",
      converter = LimitOption.OfNumber.class,
      description = "Tokens in a UTC day.")
  private Optional<LimitOption> tokensPerDay = Optional.empty();

  @Option(
      names = "--tokens-per-month",
      paramLabel = "N",
      converter = LimitOption.OfNumber.class,
      description = "Tokens in a UTC calendar month.")
  private Optional<LimitOption> tokensPerMonth = Optional.empty();

  @Option(
      names = "--cost-per-month-usd",
      paramLabel = "USD",
      converter = LimitOption.OfDollars.class,
      description =
          "US dollars in a UTC calendar month. Every model that the tenant uses then needs a price.")
  private Optional<LimitOption> costPerMonth = Optional.empty();

  @Option(
      names = "--max-concurrent-requests",
      paramLabel = "N",
      converter = LimitOption.OfNumber.class,
      description = "Calls in flight at the same time.")
  private Optional<LimitOption> maxConcurrentRequests = Optional.empty();

  @Option(
      names = "--max-tokens-per-request",
      paramLabel = "N",
      converter = LimitOption.OfNumber.class,
      description = "Completion tokens per choice. A request for more is rejected.")
  private Optional<LimitOption> maxTokensPerRequest = Optional.empty();

  @Option(
      names = "--default-max-tokens",
      paramLabel = "N",
      converter = LimitOption.OfNumber.class,
      description = "Completion tokens of a request that sets no maximum; at least 1.")
  private Optional<LimitOption> defaultMaxTokens = Optional.empty();

  /** Whether any option is given. */
  boolean isGiven() {
    return Stream.of(
            requestsPerMinute,
            tokensPerMinute,
            tokensPerDay,
            tokensPerMonth,
            costPerMonth,
            maxConcurrentRequests,
            maxTokensPerRequest,
            defaultMaxTokens)
        .anyMatch(Optional::isPresent);
  }

  /** Returns the quota with the given limits changed. */
  Quota applyTo(Quota quota) {
    return new Quota(
        or(requestsPerMinute, quota.requestsPerMinute()),
        or(tokensPerMinute, quota.tokensPerMinute()),
        or(tokensPerDay, quota.tokensPerDay()),
        or(tokensPerMonth, quota.tokensPerMonth()),
        or(costPerMonth, quota.microUsdPerMonth()),
        or(maxConcurrentRequests, quota.maxConcurrentRequests()),
        or(maxTokensPerRequest, quota.maxTokensPerRequest()),
        or(defaultMaxTokens, quota.defaultMaxTokens()));
  }

  private static OptionalLong or(Optional<LimitOption> option, OptionalLong current) {
    return option.map(LimitOption::value).orElse(current);
  }
}
