package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Limit.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** A limit that no release has: calls of a UTC day, counted in an attribute of its own. */
record MadeUpLimit() implements LimitRule {
  static final Limit LIMIT =
      new Limit(
          "made_up_calls_per_day", Unit.REQUESTS, "%s made-up calls/day", "Calls in a UTC day.");

  @Override
  public Limit limit() {
    return LIMIT;
  }

  @Override
  public long requested(Claim claim) {
    return 1;
  }

  @Override
  public long largestCompletion(Claim claim, long holdable) {
    return holdable == 0 ? 0 : Long.MAX_VALUE;
  }

  private static String attribute(int epochDay) {
    return "y" + epochDay;
  }

  @Override
  public void admit(ItemUpdate.Builder write, long allowed, AdmissionAttempt attempt) {
    var attribute = attribute(attempt.entry().epochDay());
    write.when(new Condition.AbsentOrAtMost(attribute, allowed - 1)).addFromZero(attribute, 1);
  }

  @Override
  public Optional<Refusal> refusal(long allowed, AdmissionAttempt attempt) {
    int day = attempt.entry().epochDay();
    long made = attempt.item().number(attribute(day));
    var end = Windows.endOfDay(day);
    return made < allowed
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                LIMIT,
                Refusal.Kind.SPENT,
                1,
                allowed,
                made,
                0,
                Optional.of(Duration.between(attempt.now(), end)),
                Optional.of(end),
                OptionalLong.empty()));
  }

  @Override
  public LimitState state(long allowed, QuotaItem item, Instant now) {
    int day = Math.max(Windows.dayOf(now), item.newestDay());
    long made = item.number(attribute(day));
    return new LimitState(
        LIMIT, allowed, made, 0, Math.max(0, allowed - made), Optional.of(Windows.endOfDay(day)));
  }
}
