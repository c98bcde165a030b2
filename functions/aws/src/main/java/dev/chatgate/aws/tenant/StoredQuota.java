package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonParser;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Limits as the Tenants table holds them, of a tenant or of a tier of its end users: an object with
 * a number for each limit, and {@link #WARN_AT}.
 */
public final class StoredQuota {
  private static final int MICRO_DIGITS = 6;

  /** The percents at which the operator is told: a list of numbers. */
  public static final String WARN_AT = "warn_at";

  private static final Map<String, Limit> LIMITS_BY_KEY =
      Limits.ALL.members().stream().collect(Collectors.toMap(Limit::key, Function.identity()));

  /** The members that this release knows. */
  public static final Set<String> MEMBERS =
      Stream.concat(LIMITS_BY_KEY.keySet().stream(), Stream.of(WARN_AT))
          .collect(Collectors.toUnmodifiableSet());

  private final Map<Limit, Long> limits = new HashMap<>();
  private List<Integer> warnAt = List.of();

  StoredQuota() {}

  /** Reads a member; one that is not known is ignored. */
  void member(String name, JsonParser json) throws IOException {
    var limit = LIMITS_BY_KEY.get(name);
    if (limit != null) {
      limits.put(limit, number(json, limit.isMoney() ? MICRO_DIGITS : 0));
    } else if (name.equals(WARN_AT)) {
      warnAt = StoredJson.list(json, StoredQuota::percent);
    } else {
      json.skipChildren();
    }
  }

  private static int percent(JsonParser json) throws IOException {
    long percent = number(json, 0);
    StoredJson.require(percent == (int) percent);
    return (int) percent;
  }

  private static long number(JsonParser json, int digits) throws IOException {
    StoredJson.require(json.currentToken().isNumeric());
    return exact(json.getDecimalValue(), digits);
  }

  private static long exact(BigDecimal number, int digits) {
    try {
      return number.movePointRight(digits).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The limits that were read. */
  Quota quota() {
    return new Quota(limits, warnAt);
  }
}
