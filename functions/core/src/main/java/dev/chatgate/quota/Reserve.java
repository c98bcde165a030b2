package dev.chatgate.quota;

import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.Entry;

/**
 * What a claim holds, in the numbers that an {@link Entry} can keep.
 *
 * @param tokens at most {@link Entry#MOST}
 * @param microUsd at most {@link Entry#MOST}
 * @param holdNanos bucket time of the tokens; 0 without a token limit
 */
public record Reserve(long tokens, long microUsd, long holdNanos) {
  public static Reserve of(Claim claim) {
    long tokens = Math.min(Entry.MOST, claim.tokens());
    return new Reserve(
        tokens,
        Math.min(Entry.MOST, claim.microUsd()),
        Math.min(Entry.MOST, Buckets.nanosFor(tokens, claim.quota().tokensPerMinute())));
  }
}
