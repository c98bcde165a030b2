package dev.chatgate.local.door;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Errors that API Gateway and function URLs report themselves, with AWS's wording. */
enum AwsErrorResponse {
  /** An event above Lambda's 6 MB. */
  TOO_LARGE(413, "{\"message\":\"Request Entity Too Large\"}"),
  /** A request line and headers above 10,240 bytes. */
  HEADERS_TOO_LARGE(431, "{\"message\":\"Request Header Fields Too Large\"}"),
  /** The API's function failed, or returned a malformed response. */
  API_FUNCTION_FAILED(500, "{\"message\":\"Internal Server Error\"}"),
  /** The API's own time limit passed, or its function was throttled. */
  API_UNAVAILABLE(503, "{\"message\":\"Service Unavailable\"}"),
  /** The URL's function failed before its first byte. */
  URL_FUNCTION_FAILED(502, "{\"message\":\"Internal Server Error\"}"),
  /** The URL's function was throttled; Lambda's own error for an invocation. */
  URL_THROTTLED(
      429,
      "{\"Reason\":\"ConcurrentInvocationLimitExceeded\",\"Type\":\"User\",\"message\":\"Rate"
          + " Exceeded.\"}");

  private final int status;
  private final String body;

  AwsErrorResponse(int status, String body) {
    this.status = status;
    this.body = body;
  }

  int status() {
    return status;
  }

  void send(Reply reply, Headers more) throws IOException {
    reply.send(
        status,
        more.with("Content-Type", "application/json"),
        body.getBytes(StandardCharsets.UTF_8));
  }
}
