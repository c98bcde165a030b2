package dev.chatgate.quota;

import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a call was not admitted, with all that the answer says. Where several limits refuse, it names
 * the one that frees last.
 *
 * @param limit the limit
 * @param kind what would have to happen for the call to pass
 * @param requested what the call asked the limit to hold, in the limit's unit
 * @param allowed the limit's value
 * @param settled what is settled of it
 * @param inFlight what calls in flight hold of it
 * @param retryAfter how long to wait; empty if no wait helps
 * @param freesAt when the limit's window ends, for day, month and money
 * @param largestMaxTokens for {@link Kind#NEVER_FITS}: the most completion tokens of all choices
 *     together that every limit can hold, at least 1; empty if none can. The largest {@code
 *     max_tokens} is this divided by the number of choices, rounded down
 * @param scope the level of the limit
 */
public record Refusal(
    Limit limit,
    Kind kind,
    long requested,
    long allowed,
    long settled,
    long inFlight,
    Optional<Duration> retryAfter,
    Optional<Instant> freesAt,
    OptionalLong largestMaxTokens,
    Scope scope) {

  /** A refusal by a limit of the tenant. */
  public Refusal(
      Limit limit,
      Kind kind,
      long requested,
      long allowed,
      long settled,
      long inFlight,
      Optional<Duration> retryAfter,
      Optional<Instant> freesAt,
      OptionalLong largestMaxTokens) {
    this(
        limit,
        kind,
        requested,
        allowed,
        settled,
        inFlight,
        retryAfter,
        freesAt,
        largestMaxTokens,
        Scope.TENANT);
  }

  /** A refusal of a limit that has no window, {@link Kind#WAIT}. */
  public static Refusal waiting(
      Limit limit, Duration delay, long requested, long allowed, long settled, long inFlight) {
    return new Refusal(
        limit,
        Kind.WAIT,
        requested,
        allowed,
        settled,
        inFlight,
        Optional.of(delay),
        Optional.empty(),
        OptionalLong.empty());
  }

  /** The same refusal as one of another kind. */
  public Refusal as(Kind other) {
    return with(other, scope);
  }

  /** The same refusal as one by a limit of another scope. */
  public Refusal of(Scope other) {
    return with(kind, other);
  }

  private Refusal with(Kind otherKind, Scope otherScope) {
    return new Refusal(
        limit,
        otherKind,
        requested,
        allowed,
        settled,
        inFlight,
        retryAfter,
        freesAt,
        largestMaxTokens,
        otherScope);
  }

  /** The level of a limit. */
  public enum Scope {
    /** A limit of the end user's tier. */
    END_USER,
    /** A limit of the tenant. */
    TENANT;

    /** Its name in headers and logs, in lower case. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The sorts of refusal, each with its own error code or header at the edge. */
  public enum Kind {
    /** Time, or the end of calls in flight, frees it: {@code rate_limit_exceeded}. */
    WAIT,
    /**
     * What is settled of a day, month or money limit leaves no room for this call: {@code
     * insufficient_quota}.
     */
    SPENT,
    /** The limit could not hold the call even if it were empty: {@code reserve_too_large}. */
    NEVER_FITS,
    /** The limit is 0, so that it holds no call at all: {@code rate_limit_exceeded}. */
    BLOCKED
  }
}
