package dev.chatgate.gateway.call;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.quota.Refusal;
import dev.chatgate.tenant.Limit;
import java.math.BigDecimal;
import java.util.function.LongFunction;

/**
 * Words a refusal of the ledger. A client library may stop at the words "quota" or "billing" for
 * good, so they stand in no refusal that a wait helps.
 */
final class Refusals {
  private static final int MICRO_DIGITS = 6;

  private Refusals() {}

  /**
   * The error for a caller that may see the limit and its usage.
   *
   * @param reservedTokens what the call would hold, prompt and completion
   * @param advice what the caller can do about a call that never fits, for the largest number of
   *     completion tokens that does
   * @param spentStatus the status of {@code insufficient_quota}
   */
  static ApiError error(
      Refusal refusal, long reservedTokens, LongFunction<String> advice, int spentStatus) {
    var message =
        switch (refusal.kind()) {
          case WAIT -> message(refusal);
          case SPENT -> "Quota used up. " + message(refusal);
          case NEVER_FITS -> neverFits(refusal, reservedTokens, advice);
          case BLOCKED -> blocked(refusal);
        };
    return error(refusal, message, spentStatus);
  }

  /**
   * The error for a caller that may not see the limit and its usage. It differs from the other in
   * its message only.
   *
   * @param spentStatus the status of {@code insufficient_quota}
   */
  static ApiError withoutNumbers(Refusal refusal, int spentStatus) {
    var level = level(refusal);
    var message =
        switch (refusal.kind()) {
          case WAIT ->
              "A limit of this %s leaves no room for this call at the moment.".formatted(level);
          case SPENT -> "Quota of this %s used up.".formatted(level);
          case NEVER_FITS ->
              "This call is larger than a limit of this %s can ever hold: shorten the messages, or lower max_tokens."
                  .formatted(level);
          case BLOCKED -> "No call of this %s is allowed.".formatted(level);
        };
    return error(refusal, message, spentStatus);
  }

  private static ApiError error(Refusal refusal, String message, int spentStatus) {
    return switch (refusal.kind()) {
      case WAIT -> waiting(ApiError.of(ErrorCode.RATE_LIMIT_EXCEEDED, message), refusal);
      case SPENT ->
          waiting(
              ApiError.of(ErrorCode.INSUFFICIENT_QUOTA, message)
                  .withStatus(spentStatus)
                  .withoutRetry(),
              refusal);
      case NEVER_FITS -> ApiError.of(ErrorCode.RESERVE_TOO_LARGE, message);
      case BLOCKED -> ApiError.of(ErrorCode.RATE_LIMIT_EXCEEDED, message).withoutRetry();
    };
  }

  private static ApiError waiting(ApiError error, Refusal refusal) {
    return refusal.retryAfter().map(error::retryAfter).orElse(error);
  }

  private static String message(Refusal refusal) {
    var limit = refusal.limit();
    return "The %s's limit %s of %s leaves no room for this call, which needs %s: %s settled, %s in flight%s."
        .formatted(
            level(refusal),
            limit.key(),
            amount(limit, refusal.allowed()),
            amount(limit, refusal.requested()),
            amount(limit, refusal.settled()),
            amount(limit, refusal.inFlight()),
            refusal.freesAt().map(at -> ", free again at " + at).orElse(""));
  }

  private static String blocked(Refusal refusal) {
    return "The %s's limit %s is 0: no call is allowed."
        .formatted(level(refusal), refusal.limit().key());
  }

  private static String level(Refusal refusal) {
    return switch (refusal.scope()) {
      case END_USER -> "end user";
      case TENANT -> "tenant";
    };
  }

  private static String neverFits(
      Refusal refusal, long reservedTokens, LongFunction<String> advice) {
    var limit = refusal.limit();
    var price = limit.isMoney() ? " at a price of up to " + amount(limit, refusal.requested()) : "";
    return "This call reserves %s%s, more than the %s's limit %s of %s can ever hold. %s"
        .formatted(
            counted(reservedTokens, "token"),
            price,
            level(refusal),
            limit.key(),
            amount(limit, refusal.allowed()),
            advice.apply(refusal.largestMaxTokens().orElse(0)));
  }

  private static String amount(Limit limit, long value) {
    return switch (limit.unit()) {
      case MICRO_USD ->
          "$" + BigDecimal.valueOf(value, MICRO_DIGITS).stripTrailingZeros().toPlainString();
      case REQUESTS -> counted(value, "request");
      case TOKENS -> counted(value, "token");
    };
  }

  private static String counted(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }
}
