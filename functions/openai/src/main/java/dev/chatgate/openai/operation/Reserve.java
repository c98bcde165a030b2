package dev.chatgate.openai.operation;

import dev.chatgate.openai.error.ApiError;
import java.util.OptionalLong;

/** How many completion tokens a request may produce, compared with the tenant's ceiling. */
public sealed interface Reserve {
  /**
   * Above what any model produces; it keeps tokens, and money at any sane price, far from an
   * overflow.
   */
  long MAX_TOKENS = 1_000_000_000;

  /**
   * The request is within the ceiling.
   *
   * @param completionTokens of the whole answer, 0 to {@link #MAX_TOKENS}
   * @param insertedLimit the limit to set in the body, where the tenant set none
   */
  record Fits(long completionTokens, OptionalLong insertedLimit) implements Reserve {}

  /**
   * The request asks for more than it may.
   *
   * @param error a 400 that names the field
   */
  record TooLarge(ApiError error) implements Reserve {}
}
