package dev.chatgate.quota;

import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.ReservationEntry.EndUserEntry;

/**
 * What an end user's item holds for a call in flight, beside what the tenant's item holds.
 *
 * @param key the end user's item
 * @param entry what it keeps of the call
 */
public record EndUserHold(QuotaKey key, ReservationEntry entry) {
  /** What the tenant's entry of the same call says of it. */
  public EndUserEntry named() {
    return new EndUserEntry(key.endUser().orElseThrow(), entry.nonce());
  }
}
