package dev.chatgate.gateway.auth;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import java.time.Duration;

/** The errors for credentials. None says what is wrong with one that is not genuine. */
public final class AuthenticationErrors {
  private AuthenticationErrors() {}

  /** There is no credential. */
  static ApiError missing() {
    return ApiError.of(
        ErrorCode.INVALID_API_KEY, "No API key was sent. Send it as: Authorization: Bearer <key>.");
  }

  /** The credential is not valid, or not any more. */
  static ApiError invalid() {
    return ApiError.of(
        ErrorCode.INVALID_API_KEY, "The API key or token is unknown, expired or revoked.");
  }

  /** The credential is genuine, but past its time. */
  static ApiError expired() {
    return ApiError.of(
        ErrorCode.CREDENTIAL_EXPIRED,
        "The token has expired. Fetch a new one and repeat the request.");
  }

  /**
   * The keys that are needed to check or to sign a token are not available.
   *
   * @param retryAfter when to try again
   */
  public static ApiError unavailable(Duration retryAfter) {
    return ApiError.of(
            ErrorCode.IDENTITY_UNAVAILABLE,
            "The keys for tokens are not available at the moment. Repeat the request.")
        .retryAfter(retryAfter);
  }
}
