package dev.chatgate.gateway.call;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.operation.chat.ChatRequest;
import dev.chatgate.tenant.Quota;
import java.util.OptionalLong;

/**
 * How many completion tokens a call may produce: what it asks for, held against the tenant's
 * ceiling.
 */
sealed interface CompletionLimits {
  /**
   * More than any model produces; it keeps tokens, and money at any sane price, far from an
   * overflow.
   */
  long MOST = 1_000_000_000;

  /**
   * The call is within the ceiling.
   *
   * @param reserved completion tokens of all its choices together
   * @param insert the {@code max_tokens} to send upstream, where the tenant sent none
   */
  record Fits(long reserved, OptionalLong insert) implements CompletionLimits {}

  /**
   * The call asks for more than it may.
   *
   * @param error a 400 that names the field
   */
  record TooLarge(ApiError error) implements CompletionLimits {}

  /**
   * Holds a call against a tenant's ceiling.
   *
   * @param defaultMaxTokens the deployment's number for a call that names none, lowered to the
   *     ceiling
   */
  static CompletionLimits of(ChatRequest request, Quota quota, long defaultMaxTokens) {
    long ceiling = Math.min(quota.maxTokensPerRequest().orElse(MOST), MOST);
    if (request.maxTokens().orElse(0) > ceiling) {
      return tooLarge("max_tokens", request.maxTokens().getAsLong(), ceiling);
    }
    if (request.maxCompletionTokens().orElse(0) > ceiling) {
      return tooLarge("max_completion_tokens", request.maxCompletionTokens().getAsLong(), ceiling);
    }
    if (ceiling == 0) {
      return new TooLarge(
          ApiError.about(
              ErrorCode.MAX_TOKENS_TOO_LARGE,
              "max_tokens",
              "This tenant's ceiling on max_tokens is 0: no call is allowed."));
    }
    return fitting(request, Math.min(quota.defaultMaxTokens().orElse(defaultMaxTokens), ceiling));
  }

  private static CompletionLimits fitting(ChatRequest request, long ifNoneAsked) {
    var inserted =
        request.maxTokens().isPresent()
            ? OptionalLong.empty()
            : OptionalLong.of(request.maxCompletionTokens().orElse(ifNoneAsked));
    long perChoice =
        Math.max(
            request.maxTokens().orElse(0),
            Math.max(request.maxCompletionTokens().orElse(0), inserted.orElse(0)));
    if (perChoice > MOST / request.samples()) {
      return tooLarge("max_tokens", perChoice, MOST / request.samples());
    }
    return new Fits(perChoice * request.samples(), inserted);
  }

  private static TooLarge tooLarge(String param, long asked, long ceiling) {
    return new TooLarge(
        ApiError.about(
            ErrorCode.MAX_TOKENS_TOO_LARGE,
            param,
            "%s is %d; at most %d are allowed for one choice of this call."
                .formatted(param, asked, ceiling)));
  }
}
