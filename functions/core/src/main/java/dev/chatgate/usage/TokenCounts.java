package dev.chatgate.usage;

/**
 * Tokens of one call or of a sum of calls.
 *
 * @param prompt prompt tokens, the cached ones included
 * @param cached prompt tokens that the provider read from its cache
 * @param completion completion tokens of all choices
 */
public record TokenCounts(long prompt, long cached, long completion) {
  /** No tokens at all. */
  public static final TokenCounts ZERO = new TokenCounts(0, 0, 0);

  /**
   * @throws IllegalArgumentException if a count is negative or more is cached than there was
   */
  public TokenCounts {
    if (prompt < 0 || cached < 0 || completion < 0 || cached > prompt) {
      throw new IllegalArgumentException(
          "token counts are not negative, and cached ones part of the prompt");
    }
  }

  /** Prompt and completion tokens. */
  public long total() {
    return prompt + completion;
  }
}
