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
   * Whether {@link #admit} has to ask the store. False if it would refuse by itself: because the
   * claim fits no limit, or because the store has refused another like it a moment ago.
   */
  boolean needsStore(Claim claim);

  /**
   * Replaces a reserve by what the call really used, and writes its record: exactly once, however
   * often it is called and whatever else tries it. It blocks, and retries until it is done or
   * {@code giveUpAt} has come; then the reconciler has it.
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
