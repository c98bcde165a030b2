package dev.chatgate.usage;

/**
 * What a record adds to its day's roll-up, or a sum of such. A correction's numbers may be
 * negative.
 *
 * @param calls admitted calls; corrections add 0
 * @param prompt prompt tokens, the cached ones included
 * @param cached cached prompt tokens
 * @param completion completion tokens
 * @param microUsd micro-dollars
 * @param estimated calls with a usage that is estimated or orphaned
 */
public record UsageTotals(
    long calls, long prompt, long cached, long completion, long microUsd, long estimated) {
  /** Nothing. */
  public static final UsageTotals ZERO = new UsageTotals(0, 0, 0, 0, 0, 0);

  /** Prompt and completion tokens: what the token limits count. */
  public long tokens() {
    return prompt + completion;
  }

  /** The sum of both. */
  public UsageTotals plus(UsageTotals other) {
    return new UsageTotals(
        calls + other.calls,
        prompt + other.prompt,
        cached + other.cached,
        completion + other.completion,
        microUsd + other.microUsd,
        estimated + other.estimated);
  }

  /** This without the other. */
  public UsageTotals minus(UsageTotals other) {
    return new UsageTotals(
        calls - other.calls,
        prompt - other.prompt,
        cached - other.cached,
        completion - other.completion,
        microUsd - other.microUsd,
        estimated - other.estimated);
  }

  /** The same tokens and money as a correction carries them: no calls, none estimated. */
  public UsageTotals withoutCalls() {
    return new UsageTotals(0, prompt, cached, completion, microUsd, 0);
  }
}
