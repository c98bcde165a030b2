package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.operation.Reserve;
import java.util.OptionalLong;

/**
 * The completion tokens to reserve for a chat request, and what is said where they are too many.
 */
final class ChatReserve {
  private ChatReserve() {}

  /**
   * Compares a request with the tenant's ceiling.
   *
   * @param ifNotSet the number for a request that sets none, at most the ceiling
   */
  static Reserve of(ChatFields request, long ceiling, long ifNotSet) {
    if (request.maxTokens().orElse(0) > ceiling) {
      return tooLarge("max_tokens", request.maxTokens().getAsLong(), ceiling);
    }
    if (request.maxCompletionTokens().orElse(0) > ceiling) {
      return tooLarge("max_completion_tokens", request.maxCompletionTokens().getAsLong(), ceiling);
    }
    if (ceiling == 0) {
      return new Reserve.TooLarge(
          ApiError.about(
              ErrorCode.MAX_TOKENS_TOO_LARGE,
              "max_tokens",
              "This tenant's ceiling on max_tokens is 0: no call is allowed."));
    }
    return fitting(request, ifNotSet);
  }

  private static Reserve fitting(ChatFields request, long ifNotSet) {
    var inserted =
        request.maxTokens().isPresent()
            ? OptionalLong.empty()
            : OptionalLong.of(request.maxCompletionTokens().orElse(ifNotSet));
    long perChoice =
        Math.max(
            request.maxTokens().orElse(0),
            Math.max(request.maxCompletionTokens().orElse(0), inserted.orElse(0)));
    if (perChoice > Reserve.MAX_TOKENS / request.samples()) {
      return tooLarge("max_tokens", perChoice, Reserve.MAX_TOKENS / request.samples());
    }
    return new Reserve.Fits(perChoice * request.samples(), inserted);
  }

  private static Reserve tooLarge(String param, long asked, long ceiling) {
    return new Reserve.TooLarge(
        ApiError.about(
            ErrorCode.MAX_TOKENS_TOO_LARGE,
            param,
            "%s is %d; at most %d are allowed for one choice of this call."
                .formatted(param, asked, ceiling)));
  }

  /**
   * What may be done about a reserve that no limit can ever hold.
   *
   * @param largest the largest {@code max_tokens} that fits, 0 if none does
   * @param samples how many choices the provider may make
   */
  static String advice(long largest, int samples) {
    if (largest > 0) {
      return "The largest max_tokens that fits is " + largest + ".";
    }
    return samples > 1
        ? "No max_tokens fits: shorten the messages, or ask for fewer choices."
        : "No max_tokens fits: shorten the messages.";
  }
}
