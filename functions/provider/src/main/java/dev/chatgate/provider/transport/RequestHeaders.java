package dev.chatgate.provider.transport;

import dev.chatgate.provider.ProviderCall;
import dev.chatgate.secret.ProviderKey;
import org.apache.hc.core5.http.HttpRequest;

/**
 * The headers that go upstream. None of the tenant's travels: not its key in any of its spellings,
 * no organization, cookie or forwarding header.
 */
public final class RequestHeaders {
  /** The value of {@code user-agent}. */
  static final String USER_AGENT = "chatgate/0.1.0";

  public static final String JSON = "application/json";
  public static final String EVENT_STREAM = "text/event-stream";

  private RequestHeaders() {}

  /** What every request carries. */
  public static void common(HttpRequest request, ProviderKey key) {
    request.setHeader("authorization", "Bearer " + key.secret());
    request.setHeader("user-agent", USER_AGENT);
    // Without it any coding is allowed (RFC 9110, section 12.5.3).
    request.setHeader("accept-encoding", "identity");
  }

  /** What a metered call carries besides; the type of its body comes with the body. */
  public static void call(HttpRequest request, ProviderCall call) {
    request.setHeader("accept", call.request().stream() ? EVENT_STREAM : JSON);
    request.setHeader("x-request-id", call.requestId().value());
    call.traceparent().ifPresent(value -> request.setHeader("traceparent", value));
    call.tracestate().ifPresent(value -> request.setHeader("tracestate", value));
  }
}
