package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.tenant.Limit;
import java.time.Instant;
import java.util.Optional;

/**
 * Calls in flight.
 *
 * @param limit the limit
 */
record Concurrency(Limit limit) implements LimitRule {
  @Override
  public long requested(Claim claim) {
    return 1;
  }

  @Override
  public long largestCompletion(Claim claim, long holdable) {
    return holdable == 0 ? 0 : Long.MAX_VALUE;
  }

  @Override
  public void admit(ItemUpdate.Builder write, long allowed, AdmissionAttempt attempt) {
    write.when(new Condition.AbsentOrAtMost(ItemNames.ENTRIES, allowed - 1));
  }

  @Override
  public Optional<Refusal> refusal(long allowed, AdmissionAttempt attempt) {
    long entries = attempt.item().number(ItemNames.ENTRIES);
    return entries < allowed
        ? Optional.empty()
        : Optional.of(Refusal.waiting(limit, UNTIL_CALLS_END, 1, allowed, 0, entries));
  }

  @Override
  public LimitState state(long allowed, QuotaItem item, Instant now) {
    long entries = item.number(ItemNames.ENTRIES);
    return new LimitState(
        limit, allowed, 0, entries, Math.max(0, allowed - entries), Optional.empty());
  }
}
