package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tokens a minute, as a token bucket: entries hold their reserve, settlements charge what was used.
 *
 * @param limit the limit
 */
record TokenBucket(Limit limit) implements LimitRule {
  @Override
  public long requested(Claim claim) {
    return claim.tokens();
  }

  @Override
  public long largestCompletion(Claim claim, long holdable) {
    return holdable - claim.promptTokens();
  }

  /**
   * max(settled, now) + held + h ≤ now + B has no need of a max() where it is only tested: both
   * settled and now must meet it.
   */
  @Override
  public void admit(ItemUpdate.Builder write, long allowed, AdmissionAttempt attempt) {
    long room = Buckets.FULL_NANOS - attempt.entry().holdNanos();
    write
        .when(new Condition.AbsentOrAtMost(ItemNames.TOKENS_VIRTUAL, attempt.nanos() + room))
        .when(new Condition.AbsentOrAtMost(ItemNames.TOKENS_HELD, room));
  }

  @Override
  public Optional<Refusal> refusal(long allowed, AdmissionAttempt attempt) {
    long hold = attempt.entry().holdNanos();
    long held = attempt.item().number(ItemNames.TOKENS_HELD);
    long settled = Math.max(attempt.item().number(ItemNames.TOKENS_TAT) - attempt.nanos(), 0);
    long wait = settled + held + hold - Buckets.FULL_NANOS;
    if (wait <= 0) {
      return Optional.empty();
    }
    boolean timeFrees = held + hold <= Buckets.FULL_NANOS;
    return Optional.of(
        Refusal.waiting(
            limit,
            timeFrees ? Duration.ofNanos(wait) : UNTIL_CALLS_END,
            attempt.entry().tokens(),
            allowed,
            Buckets.amountOf(settled, allowed),
            Buckets.amountOf(held, allowed)));
  }

  @Override
  public LimitState state(long allowed, QuotaItem item, Instant now) {
    long taken = Buckets.takenByTokens(item, Buckets.nanosOf(now));
    return MinuteLimits.state(limit, allowed, taken, item.number(ItemNames.TOKENS_HELD), now);
  }

  @Override
  public Optional<RateLimits.Bucket> bucket(long allowed, QuotaItem item, Instant now) {
    long taken = Buckets.takenByTokens(item, Buckets.nanosOf(now));
    return Optional.of(MinuteLimits.bucket(limit, allowed, taken));
  }
}
