package dev.chatgate.openai.error;

import java.util.Locale;

/**
 * Every {@code code} that the gateway answers by itself, with its usual HTTP status and its {@code
 * type}. The status decides which exception a client library throws; the type follows OpenAI's
 * error objects.
 */
public enum ErrorCode {
  INVALID_JSON(400),
  MISSING_REQUIRED_PARAMETER(400),
  INVALID_TYPE(400),
  INVALID_VALUE(400),
  DUPLICATE_KEY(400),
  MAX_TOKENS_TOO_LARGE(400),
  RESERVE_TOO_LARGE(400),
  INVALID_API_KEY(401),
  CREDENTIAL_EXPIRED(401),
  EDGE_REQUIRED(403),
  NOT_ALLOWED(403),
  END_USER_REQUIRED(403),
  END_USER_BLOCKED(403),
  TENANT_SUSPENDED(403),
  MODEL_NOT_ALLOWED(403),
  ORIGIN_NOT_ALLOWED(403),
  UNKNOWN_URL(404),
  MODEL_NOT_FOUND(404),
  METHOD_NOT_ALLOWED(405),
  REQUEST_TOO_LARGE(413),
  UNSUPPORTED_MEDIA_TYPE(415),
  RATE_LIMIT_EXCEEDED(429),
  INSUFFICIENT_QUOTA(429),
  INTERNAL_ERROR(500),
  RESPONSE_TOO_LARGE(502),
  UPSTREAM_ERROR(502),
  UPSTREAM_INVALID_RESPONSE(502),
  UPSTREAM_AUTH(502),
  UPSTREAM_INCOMPLETE(502),
  UPSTREAM_OVERLOADED(503),
  QUOTA_STORE_UNAVAILABLE(503),
  IDENTITY_UNAVAILABLE(503),
  UPSTREAM_TIMEOUT(504);

  private final int status;

  ErrorCode(int status) {
    this.status = status;
  }

  /** The HTTP status of an answer that has not begun yet. */
  public int status() {
    return status;
  }

  /** The {@code code} on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The {@code type} on the wire. */
  public String type() {
    return switch (this) {
      case RATE_LIMIT_EXCEEDED -> "rate_limit_error";
      case INSUFFICIENT_QUOTA -> "insufficient_quota";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }

  /** Whether the failure is the provider's: the value of {@code x-chatgate-error-source}. */
  public boolean fromProvider() {
    return name().startsWith("UPSTREAM_");
  }
}
