package dev.chatgate.cli.tenant;

import dev.chatgate.tenant.Quota;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The limits that a line names; the others stay as they are. */
final class QuotaOptions {
  @Option(
      names = "--requests-per-minute",
      paramLabel = "N",
      converter = NewLimit.OfNumber.class,
      description = "Calls over any 60 seconds. Of each limit: 0 blocks, none takes it away.")
  private Optional<NewLimit> requestsPerMinute = Optional.empty();

  @Option(
      names = "--tokens-per-minute",
      paramLabel = "N",
      converter = NewLimit.OfNumber.class,
      description = "Tokens over any 60 seconds.")
  private Optional<NewLimit> tokensPerMinute = Optional.empty();

  @Option(
      names = "--tokens-per-day",
      paramLabel = "N",
      converter = NewLimit.OfNumber.class,
      description = "Tokens in a UTC day.")
  private Optional<NewLimit> tokensPerDay = Optional.empty();

  @Option(
      names = "--tokens-per-month",
      paramLabel = "N",
      converter = NewLimit.OfNumber.class,
      description = "Tokens in a UTC calendar month.")
  private Optional<NewLimit> tokensPerMonth = Optional.empty();

  @Option(
      names = "--cost-per-month-usd",
      paramLabel = "USD",
      converter = NewLimit.OfDollars.class,
      description = "Dollars in a UTC calendar month; every model it uses then needs a price.")
  private Optional<NewLimit> costPerMonth = Optional.empty();

  @Option(
      names = "--max-concurrent-requests",
      paramLabel = "N",
      converter = NewLimit.OfNumber.class,
      description = "Calls in flight.")
  private Optional<NewLimit> maxConcurrentRequests = Optional.empty();

  @Option(
      names = "--max-tokens-per-request",
      paramLabel = "N",
      converter = NewLimit.OfNumber.class,
      description = "Completion tokens of one choice; more asked for is refused.")
  private Optional<NewLimit> maxTokensPerRequest = Optional.empty();

  @Option(
      names = "--default-max-tokens",
      paramLabel = "N",
      converter = NewLimit.OfNumber.class,
      description = "Completion tokens of a call that names none, at least 1.")
  private Optional<NewLimit> defaultMaxTokens = Optional.empty();

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

  private static OptionalLong or(Optional<NewLimit> wanted, OptionalLong otherwise) {
    return wanted.map(NewLimit::value).orElse(otherwise);
  }
}
