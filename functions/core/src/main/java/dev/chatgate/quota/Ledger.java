package dev.chatgate.quota;

import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import java.time.Instant;
import java.util.Optional;

/** Holds tenants to their limits, and keeps the record of what they used. */
public interface Ledger {

  /**
   * Reserves what a call may use, before the provider is called. One conditional write on the usual
   * path, and one more if the call is held at the end user's level too.
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
   * The tier that an operator gave an end user, as this instance saw it last. No request is sent to
   * the store: if the tier has changed, {@link #admit} says so.
   */
  default Optional<String> lastOperatorTier(TenantId tenant, EndUser endUser) {
    return Optional.empty();
  }

  /**
   * The tier that an operator gave an end user, as the store has it now: for a request that the
   * tier known so far does not allow.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  default Optional<String> operatorTier(TenantId tenant, EndUser endUser) {
    return Optional.empty();
  }

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
