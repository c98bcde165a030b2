package dev.chatgate.quota;

/** The ledger's answer to a {@link Claim}. */
public sealed interface Admission {

  /**
   * The reserve is held, durably.
   *
   * @param reservation to be settled once
   * @param rateLimits where the tenant stands after this reserve
   */
  record Granted(Reservation reservation, RateLimits rateLimits) implements Admission {}

  /**
   * Nothing is held.
   *
   * @param refusal why, and what comes next
   * @param rateLimits where the tenant stands; {@link RateLimits#NONE} if no state is known
   */
  record Refused(Refusal refusal, RateLimits rateLimits) implements Admission {}

  /**
   * The store did not answer, or the tenant's item was too contended: nothing may go upstream.
   *
   * @param cause what happened, for the log
   */
  record Unavailable(RuntimeException cause) implements Admission {}
}
