package dev.chatgate.local.door;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import dev.chatgate.local.http.TooLargeException;
import java.io.IOException;
import java.util.Optional;

/** Takes a request in, or refuses it for its size, as AWS does before any function hears of it. */
final class Intake {
  /** The request line and all headers together. */
  static final int MAX_HEAD_BYTES = 10_240;

  /** An event, envelope and all. */
  static final int MAX_EVENT_BYTES = 6_291_456;

  private Intake() {}

  /**
   * The event for a request.
   *
   * @return empty if it was refused; the refusal is out
   */
  static Optional<byte[]> event(
      Request request, Event.Arrival arrival, Reply reply, Headers onRefusal) throws IOException {
    if (request.target().length() + request.headers().size() > MAX_HEAD_BYTES) {
      AwsAnswers.HEADERS_TOO_LARGE.send(reply, onRefusal);
      return Optional.empty();
    }
    try {
      byte[] event = Event.of(request, request.bodyBytes(MAX_EVENT_BYTES), arrival);
      if (event.length <= MAX_EVENT_BYTES) {
        return Optional.of(event);
      }
    } catch (TooLargeException e) {
      // Refused below, like an event that only its envelope makes too large.
    }
    AwsAnswers.TOO_LARGE.send(reply, onRefusal);
    return Optional.empty();
  }
}
