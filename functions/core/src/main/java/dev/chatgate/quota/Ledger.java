package dev.chatgate.quota;

import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import java.time.Instant;

/** Holds tenants to their limits, and keeps the record of what they used. */
public interface Ledger {

  /**
   * Reserves what a call may use, before the provider is called. One conditional write on the usual
   * path.
   *
   * @return granted, refused or unavailable; never an exception of the store
   */
  Admission admit(Claim claim);

  /**
   * Whether {@link #admit} would send a request to the store for this claim. False if the claim is
   * refused from memory: it exceeds a limit even when nothing is used, or the store refused a
   * similar claim some seconds ago.
   */
  boolean needsStore(Claim claim);

  /**
   * Replaces a call's reserve by what the call really used, and writes its usage record. The call
   * is charged once, even if this is called again or the reconciler settles the same call. Blocks
   * and retries until it succeeds or {@code giveUpAt} is reached; after that the reconciler settles
   * the call.
   *
   * @param reservation what {@link #admit} granted
   * @param consumption what the provider did for the call
   * @param facts what else the record says
   * @param giveUpAt when this must have returned
   * @return how far it came; never an exception of the store
   */
  Settlement settle(
      Reservation reservation, Consumption consumption, CallFacts facts, Instant giveUpAt);
}
