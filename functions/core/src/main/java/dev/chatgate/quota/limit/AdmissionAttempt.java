package dev.chatgate.quota.limit;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import java.time.Instant;

/**
 * What limits are asked about: one attempt to admit a call.
 *
 * @param claim what the call asks for
 * @param level the level at which it is to be held
 * @param entry what it would hold, and the day of the windows that it would charge
 * @param item a state of the quota item
 * @param now the present
 */
public record AdmissionAttempt(
    Claim claim, ClaimLevel level, ReservationEntry entry, QuotaItem item, Instant now) {
  /** The present in epoch nanoseconds. */
  long nanos() {
    return Buckets.nanosOf(now);
  }
}
