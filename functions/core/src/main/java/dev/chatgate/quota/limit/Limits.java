package dev.chatgate.quota.limit;

import static java.util.Comparator.comparing;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.QuotaWarning;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Refusal.Kind;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.limit.WindowSum.Period;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Limit.Unit;
import dev.chatgate.tenant.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The limits that admissions are held to. {@link #ALL} is the list of them: a new limit is a line
 * there and, if it is of a new kind, a {@link LimitRule}. Everything else goes through the list.
 */
public final class Limits {
  /**
   * Admitted calls a minute, a token bucket: in any time t at most limit × (1 + (t + 0.25 s) / 60
   * s), see {@link Buckets#OVERLAP_NANOS}.
   */
  public static final Limit REQUESTS_PER_MINUTE =
      new Limit(
          "requests_per_minute",
          Unit.REQUESTS,
          "%s requests/min",
          "Requests per minute; refills evenly.");

  /** Tokens a minute, a token bucket with the same bound. */
  public static final Limit TOKENS_PER_MINUTE =
      new Limit(
          "tokens_per_minute", Unit.TOKENS, "%s tokens/min", "Tokens per minute; refills evenly.");

  /** Tokens in a UTC day, settled and reserved. */
  public static final Limit TOKENS_PER_DAY =
      new Limit("tokens_per_day", Unit.TOKENS, "%s tokens/day", "Tokens in a UTC day.");

  /** Tokens in a UTC calendar month, settled and reserved. */
  public static final Limit TOKENS_PER_MONTH =
      new Limit(
          "tokens_per_month", Unit.TOKENS, "%s tokens/month", "Tokens in a UTC calendar month.");

  /** Money in a UTC calendar month, settled and reserved. */
  public static final Limit COST_PER_MONTH =
      new Limit(
          "cost_per_month_usd",
          Unit.MICRO_USD,
          "%s/month",
          "US dollars in a UTC calendar month. Every model that the tenant uses then needs a price.");

  /** Calls in flight. */
  public static final Limit CONCURRENT_REQUESTS =
      new Limit(
          "max_concurrent_requests",
          Unit.REQUESTS,
          "%s concurrent requests",
          "Calls in flight at the same time.");

  /** Every limit that there is, in the order in which they are shown. */
  public static final Limits ALL =
      new Limits(
          List.of(
              new RequestBucket(REQUESTS_PER_MINUTE),
              new TokenBucket(TOKENS_PER_MINUTE),
              new WindowSum(TOKENS_PER_DAY, Period.DAY),
              new WindowSum(TOKENS_PER_MONTH, Period.MONTH),
              new WindowSum(COST_PER_MONTH, Period.MONTH),
              new Concurrency(CONCURRENT_REQUESTS)));

  private final List<LimitRule> rules;

  /**
   * @param rules the kinds of limits, in the order in which they are shown
   */
  public Limits(List<LimitRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** The kinds of limits, in the order in which they are shown. */
  public List<LimitRule> rules() {
    return rules;
  }

  /**
   * The members of a tenant's {@code quota} object: the limits that admissions are held to, then
   * those that the gateway holds a call to before its admission.
   */
  public List<Limit> members() {
    return Stream.concat(
            rules.stream().map(LimitRule::limit),
            Stream.of(Quota.MAX_TOKENS_PER_REQUEST, Quota.DEFAULT_MAX_TOKENS))
        .toList();
  }

  /** Bucket time of tokens; 0 without a limit of tokens a minute. */
  public static long bucketNanos(long tokens, Quota quota) {
    return Buckets.nanosFor(tokens, quota.get(TOKENS_PER_MINUTE));
  }

  // ---- calls that no limit could ever hold

  /** The refusal of a claim that a limit of a level could not hold even if it were empty. */
  public Optional<Refusal> neverFits(Claim claim, ClaimLevel level) {
    var quota = level.quota();
    // A limit of 0 if there is one, else that with the smallest room for completion tokens.
    return present(quota)
        .filter(rule -> rule.requested(claim) > holdable(rule, quota))
        .min(
            comparing((LimitRule rule) -> holdable(rule, quota) != 0)
                .thenComparingLong(rule -> rule.largestCompletion(claim, holdable(rule, quota))))
        .map(rule -> neverFits(rule, claim, level));
  }

  private Refusal neverFits(LimitRule rule, Claim claim, ClaimLevel level) {
    long largest =
        claim.levels().stream()
            .map(ClaimLevel::quota)
            .flatMapToLong(quota -> largestCompletions(claim, quota))
            .min()
            .orElseThrow();
    long allowed = allowed(rule, level.quota());
    return new Refusal(
        rule.limit(),
        allowed == 0 ? Kind.BLOCKED : Kind.NEVER_FITS,
        rule.requested(claim),
        allowed,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        largest < 1 ? OptionalLong.empty() : OptionalLong.of(largest),
        level.scope());
  }

  private LongStream largestCompletions(Claim claim, Quota quota) {
    return present(quota).mapToLong(rule -> rule.largestCompletion(claim, holdable(rule, quota)));
  }

  private Stream<LimitRule> present(Quota quota) {
    return rules.stream().filter(rule -> quota.get(rule.limit()).isPresent());
  }

  private static long allowed(LimitRule rule, Quota quota) {
    return quota.get(rule.limit()).orElseThrow();
  }

  /** What a limit can hold: its value, but no more than an entry can say. */
  private static long holdable(LimitRule rule, Quota quota) {
    return Math.min(ReservationEntry.MAX, allowed(rule, quota));
  }

  // ---- what waiting helps

  /** Adds the limits of the attempt's level to the write that admits a call. */
  public void admit(ItemUpdate.Builder write, AdmissionAttempt attempt) {
    var quota = attempt.level().quota();
    present(quota).forEach(rule -> rule.admit(write, allowed(rule, quota), attempt));
  }

  /**
   * The refusal of a claim by a state of the item, exactly where the conditions of the admission,
   * in one of their branches, do not hold. Of several limits it names the one that frees last.
   *
   * @param attempt its claim is within every limit's value
   */
  public Optional<Refusal> refusal(AdmissionAttempt attempt) {
    var quota = attempt.level().quota();
    var refusals =
        present(quota)
            .flatMap(rule -> rule.refusal(allowed(rule, quota), attempt).stream())
            .toList();
    boolean spent = refusals.stream().anyMatch(refusal -> refusal.kind() == Kind.SPENT);
    // Of two that free at the same time, one that has no window.
    return refusals.stream()
        .max(
            comparing((Refusal refusal) -> refusal.retryAfter().orElse(Duration.ZERO))
                .thenComparing(refusal -> refusal.freesAt().isEmpty()))
        .map(refusal -> refusal.as(spent ? Kind.SPENT : Kind.WAIT).of(attempt.level().scope()));
  }

  /** What a claim asks a limit to hold, in the limit's unit. */
  long requested(Limit limit, Claim claim) {
    return rules.stream()
        .filter(rule -> rule.limit().equals(limit))
        .mapToLong(rule -> rule.requested(claim))
        .findFirst()
        .orElseThrow();
  }

  // ---- what is shown

  /** Where a tenant stands in each of the limits that it has. */
  public List<LimitState> states(Quota quota, QuotaItem item, Instant now) {
    return ofEach(quota, rule -> Optional.of(rule.state(allowed(rule, quota), item, now)));
  }

  /** Where a tenant stands in the minute limits that it has. */
  public RateLimits rateLimits(Quota quota, QuotaItem item, Instant now) {
    return new RateLimits(
        ofEach(quota, rule -> rule.bucket(allowed(rule, quota), item, now)),
        ofEach(quota, rule -> warning(rule, quota, item, now)));
  }

  private static Optional<RateLimits.Warning> warning(
      LimitRule rule, Quota quota, QuotaItem item, Instant now) {
    if (quota.warnAt().isEmpty() || rule.window(item, now).isEmpty()) {
      return Optional.empty();
    }
    var state = rule.state(allowed(rule, quota), item, now);
    return reaches(state, quota.warnAt().getFirst())
        ? Optional.of(new RateLimits.Warning(rule.limit(), percent(state)))
        : Optional.empty();
  }

  private static long percent(LimitState state) {
    return (long) Math.floor(100.0 * state.settled() / state.allowed());
  }

  private static boolean reaches(LimitState state, int percent) {
    return state.allowed() > 0 && percent(state) >= percent;
  }

  /**
   * The warnings that are due and not yet marked in a state of an end user's or a tenant's item.
   *
   * @return by the write's mark; the marked value is in {@link Marked#mark}
   */
  public List<Marked> unmarked(ClaimLevel level, QuotaItem item, Instant now) {
    var quota = level.quota();
    var found = new ArrayList<Marked>();
    for (var rule : present(quota).toList()) {
      var window = rule.window(item, now);
      if (window.isPresent()) {
        var state = rule.state(allowed(rule, quota), item, now);
        quota.warnAt().stream()
            .filter(percent -> reaches(state, percent))
            .map(percent -> marked(level, state, window.get(), percent))
            .filter(due -> !item.text(due.attribute()).equals(Optional.of(due.mark())))
            .forEach(found::add);
      }
    }
    return found;
  }

  /**
   * A warning, and what is written to the item so that no other instance gives it.
   *
   * @param attribute the mark's name
   * @param mark the window and the limit's value: another one of either is another warning
   */
  public record Marked(QuotaWarning warning, String attribute, String mark) {}

  private static Marked marked(ClaimLevel level, LimitState state, String window, int percent) {
    var warning =
        new QuotaWarning(level.scope(), state.limit(), percent, state.settled(), state.allowed());
    return new Marked(warning, ItemNames.warning(window, percent), window + ':' + state.allowed());
  }

  private <T> List<T> ofEach(Quota quota, Function<LimitRule, Optional<T>> part) {
    return present(quota).flatMap(rule -> part.apply(rule).stream()).toList();
  }
}
