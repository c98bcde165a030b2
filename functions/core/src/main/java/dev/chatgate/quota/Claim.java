package dev.chatgate.quota;

import dev.chatgate.RequestId;
import dev.chatgate.quota.Refusal.Scope;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Quota;
import dev.chatgate.usage.ModelPrice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a call asks the ledger to hold for it.
 *
 * @param requestId the call; its last 12 characters become the reservation's id
 * @param caller the tenant, its limits and the credential
 * @param model the model's name as the tenant sent it
 * @param promptTokens estimate of the prompt, erring high
 * @param completionTokens the most that all choices together may produce
 * @param price the price in force now, if the model has one
 * @param callLimit the most that the call may take; the reservation expires 30 s after that
 * @param giveUpAt when the ledger must have answered
 */
public record Claim(
    RequestId requestId,
    Caller caller,
    String model,
    long promptTokens,
    long completionTokens,
    Optional<ModelPrice> price,
    Duration callLimit,
    Instant giveUpAt) {

  /** Prompt and completion tokens, saturated: what the token limits hold. */
  public long tokens() {
    long sum = promptTokens + completionTokens;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** Micro-dollars to hold, saturated; 0 without a price. */
  public long microUsd() {
    return microUsdWith(completionTokens);
  }

  /** Micro-dollars of the same call with another number of completion tokens. */
  public long microUsdWith(long otherCompletionTokens) {
    try {
      return price.map(p -> p.reserveMicroUsd(promptTokens, otherCompletionTokens)).orElse(0L);
    } catch (ArithmeticException tooMuch) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Whether the model's name is configured: it has a price, or it is in the tenant's allow-list, or
   * one of its aliases. The number of such names does not depend on what the tenant sends.
   */
  public boolean isModelConfigured() {
    var tenant = caller.tenant();
    return price.isPresent()
        || tenant.modelAliases().containsKey(model)
        || tenant.models().map(names -> names.contains(model)).orElse(false);
  }

  /** How many models' names the item may have with this one. */
  public int maxNames() {
    return isModelConfigured() ? ModelCodes.MAX_NAMES_WITH_CONFIGURED : ModelCodes.MAX_NAMES;
  }

  /** The quota item that the call is admitted at. */
  public QuotaKey key() {
    return QuotaKey.of(caller.tenant().id());
  }

  /**
   * The levels at which the call is held, in the order in which it is: the tenant's is the last.
   */
  public List<ClaimLevel> levels() {
    return Stream.concat(endUserLevel().stream(), Stream.of(tenantLevel())).toList();
  }

  /** The tenant's level. */
  public ClaimLevel tenantLevel() {
    return new ClaimLevel(Scope.TENANT, key(), quota(), Optional.empty());
  }

  /** The end user's level; empty if no end user is named or the tenant has no tiers. */
  public Optional<ClaimLevel> endUserLevel() {
    return caller
        .tier()
        .map(tier ->
            new ClaimLevel(
                Scope.END_USER,
                QuotaKey.of(caller.tenant().id(), caller.endUser().orElseThrow()),
                tier.quota(),
                caller.operatorTier()));
  }

  /** The tenant's limits, as they stood when the credential was read. */
  public Quota quota() {
    return caller.tenant().quota();
  }
}
