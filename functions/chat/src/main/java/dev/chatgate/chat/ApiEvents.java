package dev.chatgate.chat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the events of the buffered door. HTTP API hands the path over percent-decoded. */
final class ApiEvents {
  private ApiEvents() {}

  /**
   * The call in an event, or null if the event is none of payload 2.0.
   *
   * @param now the present, for an event that does not say when it came
   */
  static @Nullable GatewayRequest request(APIGatewayV2HTTPEvent event, Instant now) {
    var context = event.getRequestContext();
    if (context == null || context.getHttp() == null || event.getRawPath() == null) {
      return null;
    }
    String method = context.getHttp().getMethod();
    if (method == null) {
      return null;
    }
    var arrived = context.getTimeEpoch() > 0 ? Instant.ofEpochMilli(context.getTimeEpoch()) : now;
    return new GatewayRequest(
        Door.API,
        method,
        Paths.withoutStage(event.getRawPath(), context.getStage()),
        event.getRawQueryString() == null ? "" : event.getRawQueryString(),
        lowerCase(event.getHeaders()),
        Bodies.of(event.getBody(), event.getIsBase64Encoded()),
        arrived.plus(Door.API_ANSWERS_WITHIN));
  }

  private static Map<String, String> lowerCase(@Nullable Map<String, String> headers) {
    var lower = new HashMap<String, String>();
    if (headers != null) {
      headers.forEach((name, value) -> {
        if (value != null) {
          lower.put(name.toLowerCase(Locale.ROOT), value);
        }
      });
    }
    return lower;
  }
}
