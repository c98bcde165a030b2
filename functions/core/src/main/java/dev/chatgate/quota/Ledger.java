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
   * Replaces a reserve by what the call really used, and writes its record: exactly once, however
   * often it is called and whoever else tries. It blocks, and retries until it is done or {@code
   * giveUpAt} has come; then the reconciler has it.
   *
   * @param reservation what {@link #admit} granted
   * @param consumption what the provider did for the call
   * @param facts what else the record says
   * @param giveUpAt when this must have returned
   * @return whether the record and the counters are written
   */
  Settlement settle(
      Reservation reservation, Consumption consumption, CallFacts facts, Instant giveUpAt);

  /** How far a settlement came. */
  enum Settlement {
    /** Record and counters are written. */
    APPLIED,
    /** The record stands; the reconciler moves the counters. */
    RECORDED,
    /** Neither could be written in time: the reconciler charges the reserve. */
    LEFT_TO_RECONCILER,
    /**
     * The store does not take the record, and would not at a second try: the reconciler charges the
     * reserve.
     */
    REJECTED_BY_STORE
  }
}
