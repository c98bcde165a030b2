package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
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
 * Remembers for some seconds that a limit is spent. A refused write costs as much as an admitted
 * one, and some client libraries repeat refused calls at once whatever the answer says.
 */
public final class RefusalCache {
  private static final int CAPACITY = 1_000;

  private final Limits limits;
  private final Duration time;
  private final Map<QuotaKey, Remembered> byItem =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<QuotaKey, Remembered> eldest) {
              return size() > CAPACITY;
            }
          });

  /**
   * @param quota the version of the limits that refused
   * @param freesAt the end of the window that is spent
   */
  private record Remembered(Quota quota, Refusal refusal, Instant freesAt, Instant until) {}

  /**
   * @param limits the kinds of limits
   * @param time how long a refusal is remembered
   */
  public RefusalCache(Limits limits, Duration time) {
    this.limits = limits;
    this.time = time;
  }

  public void remember(Claim claim, Refusal refusal, Instant now) {
    var freesAt = refusal.freesAt();
    if (refusal.kind() == Refusal.Kind.SPENT && freesAt.isPresent()) {
      byItem.put(
          claim.key(), new Remembered(claim.quota(), refusal, freesAt.get(), now.plus(time)));
    }
  }

  /** The same refusal again, if it holds for a claim at least as large. */
  public Optional<Refusal> recall(Claim claim, Instant now) {
    var known = Optional.ofNullable(byItem.get(claim.key()));
    return known
        .filter(memory -> now.isBefore(memory.until()) && now.isBefore(memory.freesAt()))
        .filter(memory -> memory.quota().equals(claim.quota()))
        .filter(memory ->
            limits.requested(memory.refusal().limit(), claim) >= memory.refusal().requested())
        .map(memory -> again(memory, claim, now));
  }

  private Refusal again(Remembered memory, Claim claim, Instant now) {
    var refusal = memory.refusal();
    return new Refusal(
        refusal.limit(),
        refusal.kind(),
        limits.requested(refusal.limit(), claim),
        refusal.allowed(),
        refusal.settled(),
        refusal.inFlight(),
        Optional.of(Duration.between(now, memory.freesAt())),
        refusal.freesAt(),
        refusal.largestMaxTokens());
  }
}
