package dev.chatgate.tenant;

import dev.chatgate.tenant.Limit.Unit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The limits of a tenant, or of each end user of a tier.
 *
 * @param limits the limits that it has, 0 and up, in the limit's unit. 0 means blocked; a limit
 *     that is absent does not bound the tenant
 * @param warnAt percents of the day, month and money limits, ascending: the operator is told when
 *     the settled usage of one reaches them
 */
public record Quota(Map<Limit, Long> limits, List<Integer> warnAt) {
  /** Ceiling on the completion tokens of one choice; 0 refuses every call. */
  public static final Limit MAX_TOKENS_PER_REQUEST =
      new Limit(
          "max_tokens_per_request",
          Unit.TOKENS,
          "max_tokens at most %s",
          "Completion tokens per choice. A request for more is rejected.");

  /** Completion tokens of a call that names none, at least 1. */
  public static final Limit DEFAULT_MAX_TOKENS =
      new Limit(
          "default_max_tokens",
          Unit.TOKENS,
          "max_tokens %s by default",
          "Completion tokens of a request that sets no maximum; at least 1.");

  /** No limit at all. */
  public static final Quota UNLIMITED = new Quota(Map.of());

  private static final int HUNDRED_PERCENT = 100;

  /**
   * Copies the map and sorts the percents.
   *
   * @throws IllegalArgumentException if a limit is negative, {@link #DEFAULT_MAX_TOKENS} is 0, or a
   *     percent is not 1 to 100
   */
  public Quota {
    limits = Map.copyOf(limits);
    warnAt = warnAt.stream().sorted().distinct().toList();
    if (warnAt.stream().anyMatch(percent -> percent < 1 || percent > HUNDRED_PERCENT)) {
      throw new IllegalArgumentException("warn_at must be percents from 1 to 100");
    }
    limits.forEach((limit, value) -> {
      if (limit.equals(DEFAULT_MAX_TOKENS) && value < 1) {
        throw new IllegalArgumentException(limit.key() + " must be at least 1");
      }
      if (value < 0) {
        throw new IllegalArgumentException(limit.key() + " must not be negative");
      }
    });
  }

  /** Limits without warnings. */
  public Quota(Map<Limit, Long> limits) {
    this(limits, List.of());
  }

  /** The same limits with other percents at which to warn. */
  public Quota withWarnAt(List<Integer> percents) {
    return new Quota(limits, percents);
  }

  /** The value of a limit; empty if the tenant does not have it. */
  public OptionalLong get(Limit limit) {
    var value = limits.get(limit);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /**
   * The same limits with another value of one of them.
   *
   * @param value absent takes the limit away
   */
  public Quota with(Limit limit, OptionalLong value) {
    var changed = new HashMap<>(limits);
    changed.remove(limit);
    value.ifPresent(allowed -> changed.put(limit, allowed));
    return new Quota(changed, warnAt);
  }

  /** The same limits with another value of one of them. */
  public Quota with(Limit limit, long value) {
    return with(limit, OptionalLong.of(value));
  }

  /** Whether it bounds what the tenant may spend, so that every model needs a price. */
  public boolean limitsMoney() {
    return limits.keySet().stream().anyMatch(Limit::isMoney);
  }

  /** Ceiling on the completion tokens of one choice; 0 refuses every call. */
  public OptionalLong maxTokensPerRequest() {
    return get(MAX_TOKENS_PER_REQUEST);
  }

  /** Completion tokens of a call that names none, at least 1. */
  public OptionalLong defaultMaxTokens() {
    return get(DEFAULT_MAX_TOKENS);
  }
}
