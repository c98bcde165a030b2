package dev.chatgate.openai.error;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An error in the shape that every OpenAI client library understands: {@code
 * {"error":{"message","type","param","code"}}}. Before the first byte of an answer it is the
 * answer, after it one server-sent event.
 *
 * @param code what went wrong
 * @param status the HTTP status, the code's own unless a setting changes it
 * @param message for a developer to read; holds no secret and no more than 1 kB of what was sent
 * @param param the path of the field that is at fault, like {@code messages[2].content}
 * @param retryAfter when to try again; more than 60 s carries {@code x-should-retry: false}
 * @param retryUseless whether a repeat cannot succeed, so that {@code x-should-retry: false} goes
 *     out
 */
public record ApiError(
    ErrorCode code,
    int status,
    String message,
    Optional<String> param,
    Optional<Duration> retryAfter,
    boolean retryUseless) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration MAX_WORTHWHILE_WAIT = Duration.ofSeconds(60);

  /** An error without a field. */
  public static ApiError of(ErrorCode code, String message) {
    return new ApiError(code, code.status(), message, Optional.empty(), Optional.empty(), false);
  }

  /** An error about one field. */
  public static ApiError about(ErrorCode code, String param, String message) {
    return new ApiError(code, code.status(), message, Optional.of(param), Optional.empty(), false);
  }

  /** The same error, to be tried again after a wait. */
  public ApiError retryAfter(Duration wait) {
    return new ApiError(code, status, message, param, Optional.of(wait), retryUseless);
  }

  /** The same error, not to be tried again. */
  public ApiError withoutRetry() {
    return new ApiError(code, status, message, param, retryAfter, true);
  }

  /** The same error with another HTTP status. */
  public ApiError withStatus(int other) {
    return new ApiError(code, other, message, param, retryAfter, retryUseless);
  }

  /**
   * The headers that tell a client library what to do: {@code x-chatgate-error-source}, {@code
   * retry-after} (whole seconds, at least 1, rounded up) with {@code retry-after-ms}, {@code
   * x-should-retry}.
   */
  public Map<String, String> headers() {
    var headers = new LinkedHashMap<String, String>();
    headers.put("x-chatgate-error-source", code.fromProvider() ? "provider" : "gateway");
    retryAfter.ifPresent(wait -> {
      long millis = Math.max(1, Math.ceilDiv(wait.toNanos(), 1_000_000L));
      headers.put("retry-after", Long.toString(Math.max(1, Math.ceilDiv(millis, 1000L))));
      headers.put("retry-after-ms", Long.toString(millis));
    });
    if (retryUseless || retryAfter.filter(w -> w.compareTo(MAX_WORTHWHILE_WAIT) > 0).isPresent()) {
      headers.put("x-should-retry", "false");
    }
    return headers;
  }

  /** The JSON body, UTF-8. */
  public byte[] body() {
    var out = new ByteArrayOutputStream(256);
    try (var json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeObjectFieldStart("error");
      json.writeStringField("message", message);
      json.writeStringField("type", code.type());
      if (param.isPresent()) {
        json.writeStringField("param", param.get());
      } else {
        json.writeNullField("param");
      }
      json.writeStringField("code", code.wireName());
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array takes every byte", e);
    }
    return out.toByteArray();
  }

  /**
   * The server-sent event for a stream that has begun, {@code event: error} and the body as {@code
   * data}: the only form in which every client library notices a failure.
   */
  public byte[] event() {
    return ("event: error\ndata: " + new String(body(), StandardCharsets.UTF_8) + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
