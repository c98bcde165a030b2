package dev.chatgate.gateway.http;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A call as it came in, the same from every door.
 *
 * @param door where it came in
 * @param method the HTTP method
 * @param path the path, percent-decoded, without the stage
 * @param query the query string as it came, without the question mark
 * @param headers by lower-case name
 * @param body the body, or why it has no bytes
 * @param end when all work for the call must be over
 */
public record GatewayRequest(
    Door door,
    String method,
    String path,
    String query,
    Map<String, String> headers,
    Body body,
    Instant end) {

  /** The body of a call. */
  public sealed interface Body {
    /**
     * Bytes as the client sent them.
     *
     * @param bytes may be empty
     */
    @SuppressWarnings("ArrayRecordComponent") // megabytes, compared by nobody
    record Bytes(byte[] bytes) implements Body {}

    /** Said to be base64 and is not, or text that no UTF-8 can spell. */
    record Undecodable() implements Body {}
  }

  /** The same call with one header more, or another value of it. */
  public GatewayRequest withHeader(String lowerCaseName, String value) {
    var more = new HashMap<>(headers);
    more.put(lowerCaseName, value);
    return new GatewayRequest(door, method, path, query, more, body, end);
  }

  /** A header's value. */
  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /** Shows neither headers nor body. */
  @Override
  public String toString() {
    return "GatewayRequest[" + door.name() + " " + method + "]";
  }
}
