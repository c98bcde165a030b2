package dev.chatgate.quota;

/** The ledger's answer to a {@link Claim}. */
public sealed interface Admission {

  /** Conditional writes that were tried; 0 if the store did not have to be asked. */
  int attempts();

  /**
   * The reserve is held, durably.
   *
   * @param reservation to be settled once
   * @param rateLimits where the tenant stands after this reserve
   * @param attempts see {@link Admission#attempts}
   */
  record Granted(Reservation reservation, RateLimits rateLimits, int attempts)
      implements Admission {}

  /**
   * Nothing is held.
   *
   * @param refusal why, and what comes next
   * @param rateLimits where the tenant stands; {@link RateLimits#NONE} if no state is known
   * @param attempts see {@link Admission#attempts}
   */
  record Refused(Refusal refusal, RateLimits rateLimits, int attempts) implements Admission {}

  /**
   * The store did not answer, or the tenant's item was too contended: nothing may go upstream.
   *
   * @param cause what happened, for the log
   * @param attempts see {@link Admission#attempts}
   */
  record Unavailable(RuntimeException cause, int attempts) implements Admission {}
}
