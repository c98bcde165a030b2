package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers for some seconds that a limit is spent, that an end user's tier cannot hold a call, and
 * that an end user is blocked. A refused write costs as much as an admitted one, and some client
 * libraries repeat refused calls at once whatever the answer says.
 */
public final class RefusalCache {
  private static final int CAPACITY = 1_000;

  private final Limits limits;
  private final Duration time;
  private final Map<QuotaKey, Remembered> refusals = atMost(CAPACITY);
  private final Map<QuotaKey, Instant> blocks = atMost(CAPACITY);

  /**
   * @param quota the version of the limits that refused
   */
  private record Remembered(Quota quota, Refusal refusal, Instant until) {}

  /**
   * @param limits the kinds of limits
   * @param time how long a refusal is remembered
   */
  public RefusalCache(Limits limits, Duration time) {
    this.limits = limits;
    this.time = time;
  }

  private static <T> Map<QuotaKey, T> atMost(int capacity) {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<QuotaKey, T> eldest) {
            return size() > capacity;
          }
        });
  }

  /** Remembers a refusal, if it is one that holds for a while. */
  public void remember(ClaimLevel level, Refusal refusal, Instant now) {
    var until = now.plus(time);
    switch (refusal.kind()) {
      case SPENT ->
          refusal.freesAt().ifPresent(freesAt -> put(level, refusal, earlier(until, freesAt)));
      case NEVER_FITS, BLOCKED -> put(level, refusal, until);
      case WAIT -> {}
    }
  }

  private void put(ClaimLevel level, Refusal refusal, Instant until) {
    refusals.put(level.key(), new Remembered(level.quota(), refusal, until));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** The same refusal again, if it holds for a claim at least as large. */
  public Optional<Refusal> recall(Claim claim, ClaimLevel level, Instant now) {
    return Optional.ofNullable(refusals.get(level.key()))
        .filter(memory -> now.isBefore(memory.until()))
        .filter(memory -> memory.quota().equals(level.quota()))
        .map(Remembered::refusal)
        .filter(refusal -> limits.requested(refusal.limit(), claim) >= refusal.requested())
        .map(refusal -> again(refusal, claim, now));
  }

  private Refusal again(Refusal refusal, Claim claim, Instant now) {
    return new Refusal(
        refusal.limit(),
        refusal.kind(),
        limits.requested(refusal.limit(), claim),
        refusal.allowed(),
        refusal.settled(),
        refusal.inFlight(),
        refusal.freesAt().map(freesAt -> Duration.between(now, freesAt)),
        refusal.freesAt(),
        refusal.largestMaxTokens(),
        refusal.scope());
  }

  /** Remembers that an end user is blocked. */
  public void rememberBlock(QuotaKey endUser, Instant now) {
    blocks.put(endUser, now.plus(time));
  }

  /** Whether an end user was found blocked some seconds ago. */
  public boolean isBlocked(QuotaKey endUser, Instant now) {
    var until = blocks.get(endUser);
    return until != null && now.isBefore(until);
  }
}
