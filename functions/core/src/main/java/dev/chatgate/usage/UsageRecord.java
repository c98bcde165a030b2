package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * The decision of what one reservation cost. It is written once and never changed; all that apply
 * it to the counters takes it as it stands. Nothing of a prompt or an answer is in it.
 *
 * @param key its identity
 * @param kind what it says
 * @param attempt the nonce of the entry that it is about: an entry with another nonce under the
 *     same id is a late duplicate, and nothing of it counts
 * @param day the UTC day of the windows that the entry charged, and of the roll-up that this
 *     belongs to
 * @param model the model's name as the tenant sent it, or {@code (other)} if the name is not kept
 * @param keyCode the key's number in the tenant
 * @param charged what it adds to the roll-up and, less the reserve, to the windows
 * @param reservedTokens what was held
 * @param reservedMicroUsd what was held
 * @param bucketNanos what the token bucket is charged, in bucket time of the limit at admission
 * @param overrun whether more was used than held
 * @param decidedAt when it was made
 * @param corrected what a correction corrects
 * @param call what is known of the call itself; absent where it died or never was
 * @param endUser what the end user's item is charged, if the call was held there too
 */
public record UsageRecord(
    Key key,
    Kind kind,
    int attempt,
    LocalDate day,
    String model,
    int keyCode,
    UsageTotals charged,
    long reservedTokens,
    long reservedMicroUsd,
    long bucketNanos,
    boolean overrun,
    Instant decidedAt,
    Optional<Corrected> corrected,
    Optional<Call> call,
    Optional<EndUserShare> endUser) {

  /** A record of a call that was held at the tenant alone. */
  public UsageRecord(
      Key key,
      Kind kind,
      int attempt,
      LocalDate day,
      String model,
      int keyCode,
      UsageTotals charged,
      long reservedTokens,
      long reservedMicroUsd,
      long bucketNanos,
      boolean overrun,
      Instant decidedAt,
      Optional<Corrected> corrected,
      Optional<Call> call) {
    this(
        key,
        kind,
        attempt,
        day,
        model,
        keyCode,
        charged,
        reservedTokens,
        reservedMicroUsd,
        bucketNanos,
        overrun,
        decidedAt,
        corrected,
        call,
        Optional.empty());
  }

  /**
   * The identity of a record.
   *
   * @param tenant the tenant
   * @param admittedAt time of the call's first attempt, whole seconds
   * @param id 12 characters, the end of the request id
   */
  public record Key(TenantId tenant, Instant admittedAt, String id) {}

  /** What a record says. */
  public enum Kind {
    /** A call that ended, however it did. */
    CALL,
    /** A call that died: the reserve is charged. */
    ORPHANED,
    /**
     * A tombstone record, no request: any entry of this id, now or later, is let go, nothing
     * charged.
     */
    RELEASED,
    /** The difference between what a record charged and what is true. */
    CORRECTION,
    /**
     * A kind of a later release, never written by this one. What it charged is counted like a
     * call's: the sums in a record are what it charged, whatever its kind.
     */
    UNKNOWN
  }

  /**
   * What a correction corrects.
   *
   * @param key the corrected record
   * @param day the windows that it charged: they move only while they are current
   * @param reason why, if an operator corrected it
   */
  public record Corrected(Key key, LocalDate day, Optional<String> reason) {}

  /**
   * What is known of a call that lived to be settled.
   *
   * @param requestId the {@code x-request-id} of its answer
   * @param keyName the key's name in the tenant
   * @param endUser the id of the person for whom the call was made, if one was named
   * @param facts status, model, times
   * @param promptEstimate tokens held for the prompt
   * @param completionReserve tokens held for all choices
   * @param rawUsage the provider's {@code usage} object as it came, JSON
   * @param price what priced it
   */
  public record Call(
      String requestId,
      String keyName,
      Optional<String> endUser,
      CallFacts facts,
      long promptEstimate,
      long completionReserve,
      Optional<String> rawUsage,
      Optional<PriceUsed> price) {}

  /**
   * The price that a call was billed at.
   *
   * @param from the price's first day
   * @param tier the tier
   */
  public record PriceUsed(LocalDate from, ModelPrice.Tier tier) {}

  /** Whether it counts in promise 4 and in any sum: tombstone records do not. */
  public boolean counts() {
    return kind != Kind.RELEASED;
  }

  /** From the first attempt to the decision. */
  public Duration age() {
    return Duration.between(key.admittedAt(), decidedAt);
  }
}
