package dev.chatgate.provider;

import java.time.Duration;
import java.util.Set;

/**
 * How a call at the provider ended, and what happened on the way.
 *
 * @param outcome how it ended
 * @param repeats how often the request was sent again after a failure
 * @param waited all pauses before a repeat together
 * @param keyReplaced whether the provider refused a key and another was tried
 * @param previousKeyUsed whether the key before the current one was tried
 * @param finishReasons why outputs finished, each once and in the provider's words, at most {@value
 *     #MAX_REASONS}
 */
public record ProviderResult(
    ProviderOutcome outcome,
    int repeats,
    Duration waited,
    boolean keyReplaced,
    boolean previousKeyUsed,
    Set<String> finishReasons) {
  /** The most finish reasons that are kept. */
  public static final int MAX_REASONS = 8;
}
