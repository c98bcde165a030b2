package dev.chatgate.gateway.exchange;

import dev.chatgate.RequestId;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.http.HeaderFields;
import dev.chatgate.gateway.http.ResponseChannel;
import dev.chatgate.gateway.http.TraceContext;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request and its answer. Adds the headers that every answer has, and records the answer in the
 * log line.
 */
public final class Exchange {
  private final GatewayRequest request;
  private final RequestId requestId;
  private final ResponseChannel channel;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final CallLog.Line log;
  private Optional<TraceContext> trace = Optional.empty();
  private boolean streaming;

  public Exchange(
      GatewayRequest request, RequestId requestId, ResponseChannel channel, CallLog.Line log) {
    this.request = request;
    this.requestId = requestId;
    this.channel = channel;
    this.log = log;
    headers.put("x-request-id", requestId.value());
  }

  public GatewayRequest request() {
    return request;
  }

  public RequestId requestId() {
    return requestId;
  }

  public CallLog.Line log() {
    return log;
  }

  public ResponseChannel channel() {
    return channel;
  }

  /** The trace of the call; empty for routes that do not call the provider. */
  public Optional<TraceContext> trace() {
    return trace;
  }

  public void tracedBy(TraceContext context) {
    trace = Optional.of(context);
    log.trace(context);
  }

  /** Adds headers to the answer. Must be called before {@link #head}. */
  public void addHeaders(Map<String, String> more) {
    headers.putAll(more);
  }

  /** Sends the status and headers. Every answer to a request begins with this call. */
  public void head(int status, Map<String, String> own) throws IOException {
    var all = new LinkedHashMap<>(headers);
    all.putAll(own);
    HeaderFields.clean(all);
    log.status(status);
    streaming = all.getOrDefault("content-type", "").startsWith("text/event-stream");
    channel.head(status, all);
  }

  /** Limits the time for the rest of the answer, in case the client does not read it. */
  public void endWithin(Duration time) {
    try {
      channel.endWithin(time);
    } catch (IOException e) {
      log.clientGone();
    }
  }

  /**
   * Sends a complete answer, for {@code HEAD} without the body. If it is too large for the door, an
   * error is sent instead.
   */
  public void answer(int status, Map<String, String> own, byte[] body) {
    try {
      head(status, own);
      if (body.length > 0 && !request.method().equals("HEAD")) {
        channel.write(body, 0, body.length);
      }
      channel.end();
    } catch (BufferedResponse.TooLargeException e) {
      refuse(BufferedResponse.TooLargeException.error());
    } catch (IOException e) {
      log.clientGone();
    }
  }

  /**
   * Ends a committed answer as failed. A stream gets an error event first; then the connection is
   * cut with Lambda's error trailers.
   */
  public void breakOff(ApiError error, Throwable defect) {
    log.code(error.code());
    try {
      if (streaming) {
        channel.write(error.event(), 0, error.event().length);
      }
      channel.breakOff(defect);
    } catch (IOException e) {
      log.clientGone();
    }
  }

  /** The error for a call that ends because the store does not answer. */
  public static ApiError storeUnavailable() {
    return ApiError.of(ErrorCode.QUOTA_STORE_UNAVAILABLE, "The gateway's store is not available.")
        .withoutRetry();
  }

  /** Sends a complete answer in JSON. */
  public void json(int status, String body) {
    answer(
        status, Map.of("content-type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends an error as the complete answer. */
  public void refuse(ApiError error) {
    refuse(error, Map.of());
  }

  /** Sends an error as the complete answer, with additional headers. */
  public void refuse(ApiError error, Map<String, String> more) {
    var own = new LinkedHashMap<>(error.headers());
    own.put("content-type", "application/json");
    own.putAll(more);
    log.code(error.code());
    answer(error.status(), own, error.body());
  }
}
