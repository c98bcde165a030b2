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
 * One call and its answer: adds what every answer carries, and notes for the log what was answered.
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

  /** The trace that the call belongs to, if it is one that goes further. */
  public Optional<TraceContext> trace() {
    return trace;
  }

  public void tracedBy(TraceContext context) {
    trace = Optional.of(context);
    log.trace(context);
  }

  /** Adds headers to the answer that is yet to come. */
  public void addHeaders(Map<String, String> more) {
    headers.putAll(more);
  }

  /** Begins an answer; its bytes follow. Every answer to a call begins here. */
  public void head(int status, Map<String, String> own) throws IOException {
    var all = new LinkedHashMap<>(headers);
    all.putAll(own);
    HeaderFields.clean(all);
    log.status(status);
    streaming = all.getOrDefault("content-type", "").startsWith("text/event-stream");
    channel.head(status, all);
  }

  /** Limits the time for the rest of the answer, which a client that does not read would take. */
  public void endWithin(Duration time) {
    try {
      channel.endWithin(time);
    } catch (IOException e) {
      log.clientGone();
    }
  }

  /**
   * A whole answer; {@code HEAD} gets it without the body. One that the door cannot pass on becomes
   * an error that says so.
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
   * Ends an answer that has begun: a stream with an error event, whatever it is with Lambda's
   * trailers.
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

  /** What a call is told that ends because the store does not answer. */
  public static ApiError storeUnavailable() {
    return ApiError.of(ErrorCode.QUOTA_STORE_UNAVAILABLE, "The gateway's store is not available.")
        .withoutRetry();
  }

  /** A whole answer in JSON. */
  public void json(int status, String body) {
    answer(
        status, Map.of("content-type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
  }

  /** An error as the whole answer. */
  public void refuse(ApiError error) {
    refuse(error, Map.of());
  }

  /** An error as the whole answer, with more headers. */
  public void refuse(ApiError error, Map<String, String> more) {
    var own = new LinkedHashMap<>(error.headers());
    own.put("content-type", "application/json");
    own.putAll(more);
    log.code(error.code());
    answer(error.status(), own, error.body());
  }
}
