package dev.chatgate.usage;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a model costs from a day on. The same object prices the reserve and the bill of a call.
 *
 * @param model the model's name
 * @param from first UTC day, inclusive
 * @param tiers at least one, by rising threshold, the first from 0 up
 */
public record ModelPrice(String model, LocalDate from, List<Tier> tiers) {
  private static final long TOKENS_PER_PRICE = 1_000_000;

  /**
   * One row of a price: the highest tier with a threshold below the prompt prices the whole call.
   *
   * @param abovePromptTokens the threshold; the first tier's is 0 and holds for every prompt
   * @param promptMicroUsd micro-dollars per million prompt tokens
   * @param cachedMicroUsd micro-dollars per million cached prompt tokens; absent: the prompt's
   *     price
   * @param completionMicroUsd micro-dollars per million completion tokens
   */
  public record Tier(
      long abovePromptTokens,
      long promptMicroUsd,
      OptionalLong cachedMicroUsd,
      long completionMicroUsd) {

    /**
     * @throws IllegalArgumentException if a number is negative
     */
    public Tier {
      if (abovePromptTokens < 0
          || promptMicroUsd < 0
          || completionMicroUsd < 0
          || cachedMicroUsd.orElse(0) < 0) {
        throw new IllegalArgumentException("prices and thresholds are not negative");
      }
    }

    long microUsd(TokenCounts counts) {
      long uncached = counts.prompt() - counts.cached();
      long millionths =
          Math.addExact(
              Math.addExact(
                  Math.multiplyExact(uncached, promptMicroUsd),
                  Math.multiplyExact(counts.cached(), cachedMicroUsd.orElse(promptMicroUsd))),
              Math.multiplyExact(counts.completion(), completionMicroUsd));
      return Math.ceilDiv(millionths, TOKENS_PER_PRICE);
    }
  }

  /**
   * @throws IllegalArgumentException if there is no tier for the shortest prompt, or two have one
   *     threshold
   */
  public ModelPrice {
    tiers = tiers.stream().sorted(Comparator.comparingLong(Tier::abovePromptTokens)).toList();
    if (tiers.isEmpty() || tiers.getFirst().abovePromptTokens() != 0) {
      throw new IllegalArgumentException("a price needs a tier without above_prompt_tokens");
    }
    if (tiers.stream().map(Tier::abovePromptTokens).distinct().count() != tiers.size()) {
      throw new IllegalArgumentException("two tiers of a price have the same above_prompt_tokens");
    }
  }

  /**
   * The bill of a call.
   *
   * @return micro-dollars, rounded up
   * @throws ArithmeticException if the product does not fit in 63 bits
   */
  public long microUsd(TokenCounts counts) {
    return tierOf(counts.prompt()).microUsd(counts);
  }

  /**
   * The tier that prices a call: the highest with a threshold below its prompt, else the first.
   *
   * @param promptTokens the prompt's tokens, the cached ones included
   */
  public Tier tierOf(long promptTokens) {
    var tier = tiers.getFirst();
    for (var candidate : tiers) {
      if (promptTokens > candidate.abovePromptTokens()) {
        tier = candidate;
      }
    }
    return tier;
  }

  /**
   * The most that a call within its estimate can cost: the dearest tier that a prompt of up to that
   * many tokens can reach, nothing of it cached.
   *
   * @return micro-dollars, rounded up
   * @throws ArithmeticException if the product does not fit in 63 bits
   */
  public long reserveMicroUsd(long promptTokens, long completionTokens) {
    var counts = new TokenCounts(promptTokens, 0, completionTokens);
    return tiers.stream()
        .filter(tier -> tier.abovePromptTokens() == 0 || promptTokens > tier.abovePromptTokens())
        .mapToLong(tier -> tier.microUsd(counts))
        .max()
        .orElseThrow();
  }
}
