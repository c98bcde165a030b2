package dev.chatgate.usage;

import java.util.Optional;

/** What a call used at the provider, and how we know. */
public sealed interface Consumption {

  /** The tokens to charge. */
  TokenCounts counts();

  /**
   * The provider did no work for the call: it was never reached, or answered another status than
   * 200.
   */
  record Nothing() implements Consumption {
    @Override
    public TokenCounts counts() {
      return TokenCounts.ZERO;
    }
  }

  /**
   * The provider told what it used. A told zero is a zero.
   *
   * @param counts its counts
   * @param rawUsage its {@code usage} object as it came, JSON
   */
  record Measured(TokenCounts counts, String rawUsage) implements Consumption {}

  /**
   * The provider did not tell, or not in non-negative integers: counted by us from what was sent
   * and received.
   *
   * @param counts our counts
   * @param rawUsage what came in the place of {@code usage}, JSON, if anything did
   */
  record Estimated(TokenCounts counts, Optional<String> rawUsage) implements Consumption {}
}
