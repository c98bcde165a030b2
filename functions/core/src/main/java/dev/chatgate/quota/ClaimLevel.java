package dev.chatgate.quota;

import dev.chatgate.quota.Refusal.Scope;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.Quota;
import java.util.Optional;

/**
 * One of the two levels at which a call is held: the end user's, if the tenant has tiers, and the
 * tenant's.
 *
 * @param scope which of them
 * @param key the quota item
 * @param quota the limits
 * @param operatorTier of the end user's: the tier that an operator gave, as far as is known; an
 *     item that says otherwise is not written
 */
public record ClaimLevel(Scope scope, QuotaKey key, Quota quota, Optional<String> operatorTier) {
  /** Whether it is the end user's. */
  public boolean isOfEndUser() {
    return scope == Scope.END_USER;
  }
}
