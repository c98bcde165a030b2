package dev.chatgate.quota;

import dev.chatgate.RequestId;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.ReservationEntry;
import java.time.Instant;
import java.util.Optional;

/**
 * What the ledger holds for a call in flight. It must be settled exactly once.
 *
 * @param requestId the call
 * @param key the quota item at which it was admitted, and at which it is settled
 * @param admittedAt the first attempt's time, whole seconds; the call belongs to this UTC day and
 *     month
 * @param deadline from then on the reconciler may settle it
 * @param claim what was asked for
 * @param entry what the quota item keeps of it
 * @param endUser what is held at the end user's item, if the call is held there too
 */
public record Reservation(
    RequestId requestId,
    QuotaKey key,
    Instant admittedAt,
    Instant deadline,
    Claim claim,
    ReservationEntry entry,
    Optional<EndUserHold> endUser) {
  /** What is held at the tenant alone. */
  public Reservation(
      RequestId requestId,
      QuotaKey key,
      Instant admittedAt,
      Instant deadline,
      Claim claim,
      ReservationEntry entry) {
    this(requestId, key, admittedAt, deadline, claim, entry, Optional.empty());
  }
}
