package dev.chatgate.cli.text;

import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Formats limits for people. */
public final class QuotaText {
  private QuotaText() {}

  /** One text for each limit, like {@code 1,000 tokens/day}. */
  public static List<String> limits(Quota quota) {
    return limits(quota, Limits.ALL.members());
  }

  /** One text for each of some limits that the quota has. */
  public static List<String> limits(Quota quota, List<Limit> some) {
    return some.stream()
        .filter(limit -> quota.get(limit).isPresent())
        .map(limit -> limit.label().formatted(exact(limit, quota.get(limit).orElseThrow())))
        .toList();
  }

  private static String exact(Limit limit, long value) {
    return limit.isMoney() ? Amounts.exactDollars(value) : Amounts.whole(value);
  }

  /** What is used or left of a limit: dollars, or a number. */
  public static String amount(Limit limit, long value) {
    return limit.isMoney() ? Amounts.dollars(value) : Amounts.whole(value);
  }

  /** When it warns, like {@code 80 %, 95 %}; empty if it never does. */
  public static Optional<String> warnings(Quota quota) {
    return quota.warnAt().isEmpty()
        ? Optional.empty()
        : Optional.of(
            quota.warnAt().stream()
                .map(percent -> percent + " %")
                .collect(Collectors.joining(", ")));
  }
}
