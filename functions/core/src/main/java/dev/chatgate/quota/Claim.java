package dev.chatgate.quota;

import dev.chatgate.RequestId;
import dev.chatgate.tenant.Credential;
import dev.chatgate.usage.ModelPrice;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a call asks the ledger to hold for it.
 *
 * @param requestId the call; its last 12 characters become the reservation's id
 * @param credential the tenant, its limits and the key
 * @param model the model's name as the tenant sent it
 * @param promptTokens estimate of the prompt, erring high
 * @param completionTokens the most that all choices together may produce
 * @param price the price in force now, if the model has one
 * @param callLimit the most that the call may take; the reservation expires 30 s after that
 * @param giveUpAt when the ledger must have answered
 */
public record Claim(
    RequestId requestId,
    Credential credential,
    String model,
    long promptTokens,
    long completionTokens,
    Optional<ModelPrice> price,
    Duration callLimit,
    Instant giveUpAt) {

  /** Prompt and completion tokens: what the token limits hold. */
  public long tokens() {
    return Math.addExact(promptTokens, completionTokens);
  }

  /** Micro-dollars to hold; 0 without a price. */
  public long microUsd() {
    return price.map(p -> p.reserveMicroUsd(promptTokens, completionTokens)).orElse(0L);
  }
}
