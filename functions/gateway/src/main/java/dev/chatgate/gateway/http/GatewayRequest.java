package dev.chatgate.gateway.http;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP request, in the same form from every door.
 *
 * @param door the door that received it
 * @param method the HTTP method
 * @param path the path, percent-decoded, without the stage
 * @param query the query string as received, without the question mark
 * @param headers by lower-case name
 * @param body the body, or the fact that it could not be decoded
 * @param end when all work for the request must be finished
 * @param sourceIp the caller's address, as AWS says it; empty if the event has none. Behind a CDN
 *     it is the CDN's
 */
public record GatewayRequest(
    Door door,
    String method,
    String path,
    String query,
    Map<String, String> headers,
    Body body,
    Instant end,
    Optional<String> sourceIp) {

  /** A request without the caller's address. */
  public GatewayRequest(
      Door door,
      String method,
      String path,
      String query,
      Map<String, String> headers,
      Body body,
      Instant end) {
    this(door, method, path, query, headers, body, end, Optional.empty());
  }

  /** The body of a request. */
  public sealed interface Body {
    /**
     * Bytes as the client sent them.
     *
     * @param bytes may be empty
     */
    @SuppressWarnings("ArrayRecordComponent") // megabytes, never compared
    record Bytes(byte[] bytes) implements Body {}

    /** The event's body is invalid base64, or text with an unpaired surrogate. */
    record Undecodable() implements Body {}
  }

  /** Returns a copy with the header added or replaced. */
  public GatewayRequest withHeader(String lowerCaseName, String value) {
    var more = new HashMap<>(headers);
    more.put(lowerCaseName, value);
    return new GatewayRequest(door, method, path, query, more, body, end, sourceIp);
  }

  /** A header's value. */
  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /** Contains neither headers nor body nor the caller's address. */
  @Override
  public String toString() {
    return "GatewayRequest[" + door.name() + " " + method + "]";
  }
}
