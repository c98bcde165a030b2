package dev.chatgate.chat;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.quota.Limit;
import dev.chatgate.quota.Refusal;
import java.math.BigDecimal;

/**
 * Words a refusal of the ledger. A client library may stop at the words "quota" or "billing" for
 * good, so they stand in no refusal that a wait helps.
 */
final class Refusals {
  private static final int MICRO_DIGITS = 6;

  private Refusals() {}

  /**
   * The error that a tenant gets.
   *
   * @param samples how many choices the call makes: the ledger knows only what they need together
   * @param spentStatus the status of {@code insufficient_quota}
   */
  static ApiError error(Refusal refusal, int samples, int spentStatus) {
    return switch (refusal.kind()) {
      case WAIT -> waiting(ApiError.of(ErrorCode.RATE_LIMIT_EXCEEDED, message(refusal)), refusal);
      case SPENT ->
          waiting(
              ApiError.of(ErrorCode.INSUFFICIENT_QUOTA, "Quota used up. " + message(refusal))
                  .withStatus(spentStatus)
                  .withoutRetry(),
              refusal);
      case NEVER_FITS ->
          ApiError.of(ErrorCode.RATE_LIMIT_EXCEEDED, neverFits(refusal, samples)).withoutRetry();
    };
  }

  private static ApiError waiting(ApiError error, Refusal refusal) {
    return refusal.retryAfter().map(error::retryAfter).orElse(error);
  }

  private static String message(Refusal refusal) {
    return "The limit %s of %s leaves no room for this call, which needs %s: %s settled, %s in flight%s."
        .formatted(
            refusal.limit().key(),
            amount(refusal, refusal.allowed()),
            amount(refusal, refusal.requested()),
            amount(refusal, refusal.settled()),
            amount(refusal, refusal.inFlight()),
            refusal.freesAt().map(at -> ", free again at " + at).orElse(""));
  }

  private static String neverFits(Refusal refusal, int samples) {
    long largest = refusal.largestMaxTokens().orElse(0) / samples;
    var advice =
        largest > 0
            ? " The largest max_tokens that fits is " + largest + "."
            : " No max_tokens fits.";
    return "This call needs %s, more than the limit %s of %s can ever hold.%s"
        .formatted(
            amount(refusal, refusal.requested()),
            refusal.limit().key(),
            amount(refusal, refusal.allowed()),
            advice);
  }

  private static String amount(Refusal refusal, long value) {
    return refusal.limit() == Limit.COST_PER_MONTH
        ? "$" + BigDecimal.valueOf(value, MICRO_DIGITS).stripTrailingZeros().toPlainString()
        : Long.toString(value);
  }
}
