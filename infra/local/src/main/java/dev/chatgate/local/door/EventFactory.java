package dev.chatgate.local.door;

import dev.chatgate.local.http.BodyTooLargeException;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.util.Optional;

/** Makes the event for a request, or refuses the request for its size as AWS does. */
final class EventFactory {
  /** The request line and all headers together. */
  static final int MAX_HEAD_BYTES = 10_240;

  /** The whole event, as JSON. */
  static final int MAX_EVENT_BYTES = 6_291_456;

  private EventFactory() {}

  /**
   * The event for a request.
   *
   * @return empty if the request was refused; the error response has been sent
   */
  static Optional<byte[]> event(
      Request request, HttpEvent.Arrival arrival, Reply reply, Headers onRefusal)
      throws IOException {
    if (request.path().length() + request.query().length() + request.headers().size()
        > MAX_HEAD_BYTES) {
      AwsErrorResponse.HEADERS_TOO_LARGE.send(reply, onRefusal);
      return Optional.empty();
    }
    try {
      byte[] event = HttpEvent.of(request, request.bodyBytes(MAX_EVENT_BYTES), arrival);
      if (event.length <= MAX_EVENT_BYTES) {
        return Optional.of(event);
      }
    } catch (BodyTooLargeException e) {
      // Refused below, like an event that exceeds the limit only with its other fields.
    }
    AwsErrorResponse.TOO_LARGE.send(reply, onRefusal);
    return Optional.empty();
  }
}
