package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Limit;
import dev.chatgate.quota.Refusal;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers for some seconds that a limit is spent. A refused write costs as much as an admitted
 * one, and some client libraries repeat refused calls whatever they are told.
 */
public final class RefusalCache {
  private static final int CAPACITY = 1_000;

  private final Duration time;
  private final Map<TenantId, Remembered> byTenant =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<TenantId, Remembered> eldest) {
              return size() > CAPACITY;
            }
          });

  /**
   * @param quota the version of the limits that refused
   * @param freesAt the end of the window that is spent
   */
  private record Remembered(Quota quota, Refusal refusal, Instant freesAt, Instant until) {}

  public RefusalCache(Duration time) {
    this.time = time;
  }

  public void remember(Claim claim, Refusal refusal, Instant now) {
    var freesAt = refusal.freesAt();
    if (refusal.kind() == Refusal.Kind.SPENT && freesAt.isPresent()) {
      byTenant.put(
          claim.credential().tenant().id(),
          new Remembered(claim.quota(), refusal, freesAt.get(), now.plus(time)));
    }
  }

  /** The same refusal again, if it holds for a claim at least as large. */
  public Optional<Refusal> recall(Claim claim, Instant now) {
    var known = Optional.ofNullable(byTenant.get(claim.credential().tenant().id()));
    return known
        .filter(memory -> now.isBefore(memory.until()) && now.isBefore(memory.freesAt()))
        .filter(memory -> memory.quota().equals(claim.quota()))
        .filter(memory -> requested(memory.refusal(), claim) >= memory.refusal().requested())
        .map(memory -> again(memory, claim, now));
  }

  private static long requested(Refusal refusal, Claim claim) {
    return refusal.limit() == Limit.COST_PER_MONTH ? claim.microUsd() : claim.tokens();
  }

  private static Refusal again(Remembered memory, Claim claim, Instant now) {
    var refusal = memory.refusal();
    return new Refusal(
        refusal.limit(),
        refusal.kind(),
        requested(refusal, claim),
        refusal.allowed(),
        refusal.settled(),
        refusal.inFlight(),
        Optional.of(Duration.between(now, memory.freesAt())),
        refusal.freesAt(),
        refusal.largestMaxTokens());
  }
}
