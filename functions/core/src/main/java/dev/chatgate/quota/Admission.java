package dev.chatgate.quota;

import java.util.Optional;

/** The ledger's answer to a {@link Claim}. */
public sealed interface Admission {

  /** Conditional writes that were tried; 0 if the store did not have to be asked. */
  int attempts();

  /**
   * The reserve is held, durably.
   *
   * @param reservation to be settled once
   * @param rateLimits where the end user stands after this reserve if the call is held at the end
   *     user's level too, else where the tenant stands
   * @param attempts see {@link Admission#attempts}
   */
  record Granted(Reservation reservation, RateLimits rateLimits, int attempts)
      implements Admission {}

  /**
   * Nothing is held.
   *
   * @param refusal why, and what comes next
   * @param rateLimits where the end user or, without that level, the tenant stands; {@link
   *     RateLimits#NONE} if no state is known
   * @param attempts see {@link Admission#attempts}
   */
  record Refused(Refusal refusal, RateLimits rateLimits, int attempts) implements Admission {}

  /**
   * An operator blocked the end user. Nothing is held.
   *
   * @param attempts see {@link Admission#attempts}
   */
  record EndUserBlocked(int attempts) implements Admission {}

  /**
   * The end user's tier is another one than the claim says. Nothing is held: the caller applies the
   * tier with {@link dev.chatgate.tenant.Caller#withOperatorTier}, checks the request against it,
   * and claims again.
   *
   * @param operatorTier the tier that an operator gave the end user; absent if none is given any
   *     more
   * @param attempts see {@link Admission#attempts}
   */
  record OtherTier(Optional<String> operatorTier, int attempts) implements Admission {}

  /**
   * The store did not answer, or the tenant's item was too contended: nothing may go upstream.
   *
   * @param cause what happened, for the log
   * @param attempts see {@link Admission#attempts}
   */
  record Unavailable(RuntimeException cause, int attempts) implements Admission {}
}
