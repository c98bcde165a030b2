package dev.chatgate.provider.answer;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.transport.TimeLimit;
import java.time.Duration;
import java.util.Optional;

/** The errors for tenants when the provider failed. The text is ours, never the provider's. */
public final class ProviderErrors {
  private static final Duration USUAL_OVERLOAD = Duration.ofSeconds(2);

  /** The message for an answer that ends too early. */
  static final String INCOMPLETE = "The provider's answer ended before it was complete.";

  private ProviderErrors() {}

  /** Whether the status may be about the tenant's own request, so that status and body pass. */
  public static boolean isTenants(int status) {
    return switch (status) {
      case 400, 404, 409, 413, 415, 422 -> true;
      default -> false;
    };
  }

  /** Whether the same request may succeed a moment later. */
  public static boolean isWorthRepeating(int status) {
    return switch (status) {
      case 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /**
   * The error for a status that does not pass.
   *
   * @param asked the wait that the provider asked for
   */
  public static ApiError of(int status, Optional<Duration> asked) {
    return switch (status) {
      case 401, 402, 403 -> ourKey();
      case 429, 503 ->
          ApiError.of(ErrorCode.UPSTREAM_OVERLOADED, "The provider is overloaded.")
              .retryAfter(asked.orElse(USUAL_OVERLOAD));
      case 408, 504 -> ApiError.of(ErrorCode.UPSTREAM_TIMEOUT, "The provider reported a timeout.");
      default ->
          status >= 300 && status < 400
              ? invalid("The provider answered with a redirect.")
              : ApiError.of(
                  ErrorCode.UPSTREAM_ERROR, "The provider failed with status " + status + ".");
    };
  }

  /** The provider does not accept the gateway's key, or there is none to be had. */
  public static ApiError ourKey() {
    return ApiError.of(
        ErrorCode.UPSTREAM_AUTH,
        "The provider did not accept the gateway's credentials. Your own key is fine.");
  }

  /** No connection could be made. */
  public static ApiError unreachable() {
    return ApiError.of(ErrorCode.UPSTREAM_ERROR, "Connecting to the provider failed.");
  }

  /** The connection was lost before the answer began. */
  public static ApiError noAnswer() {
    return ApiError.of(
        ErrorCode.UPSTREAM_ERROR, "The provider closed the connection without an answer.");
  }

  /** The answer is not what was promised. */
  public static ApiError invalid(String message) {
    return ApiError.of(ErrorCode.UPSTREAM_INVALID_RESPONSE, message);
  }

  /** A time limit passed. */
  public static ApiError timeout(TimeLimit limit) {
    return ApiError.of(ErrorCode.UPSTREAM_TIMEOUT, limit.message());
  }
}
