package dev.chatgate.local.door;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.local.http.Header;
import dev.chatgate.local.http.Request;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Events in payload format 2.0, which API Gateway's HTTP APIs and function URLs send to a function.
 */
final class HttpEvent {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** Headers that concern the connection only, or are elsewhere in the event. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "connection",
          "cookie",
          "expect",
          "http2-settings",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Set<String> TEXT =
      Set.of("application/json", "application/javascript", "application/xml");

  private HttpEvent() {}

  /** The form of the path in an event. */
  enum Path {
    /** Percent-decoded, and cut at a decoded question mark: API Gateway. */
    DECODED,
    /** As the client sent it: function URLs. */
    ENCODED
  }

  /**
   * What an event contains besides the request.
   *
   * @param path the form of the path
   * @param id the request id
   * @param at when the request arrived
   */
  record Arrival(Path path, String id, Instant at) {}

  /** The event for a request and its body. */
  static byte[] of(Request request, byte[] body, Arrival arrival) {
    ObjectNode event = JSON.createObjectNode();
    event.put("version", "2.0");
    event.put("routeKey", "$default");
    event.put("rawPath", path(request.path(), arrival.path()));
    event.put("rawQueryString", request.query());
    cookies(request, event);
    headers(request, body, arrival).forEach(event.putObject("headers")::put);
    query(request, event);
    context(request, arrival, event.putObject("requestContext"));
    body(request, body, event);
    return bytes(event);
  }

  private static String path(String raw, Path form) {
    String path = raw.startsWith("/") ? raw : "/" + raw;
    if (form == Path.ENCODED) {
      return path;
    }
    String decoded = decoded(path.replace("+", "%2B"));
    int mark = decoded.indexOf('?');
    return mark < 0 ? decoded : decoded.substring(0, mark);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static void cookies(Request request, ObjectNode event) {
    ArrayNode cookies = JSON.createArrayNode();
    for (Header line : request.headers().lines()) {
      if (line.name().equalsIgnoreCase("cookie")) {
        for (String cookie : line.value().split(";", -1)) {
          cookies.add(cookie.strip());
        }
      }
    }
    if (!cookies.isEmpty()) {
      event.set("cookies", cookies);
    }
  }

  private static Map<String, String> headers(Request request, byte[] body, Arrival arrival) {
    var headers = new LinkedHashMap<String, String>();
    for (Header line : request.headers().lines()) {
      String name = line.name().toLowerCase(Locale.ROOT);
      if (!LEFT_OUT.contains(name)) {
        headers.merge(name, line.value(), (one, other) -> one + "," + other);
      }
    }
    if (body.length > 0) {
      headers.put("content-length", Integer.toString(body.length));
    }
    String hex = arrival.id().replace("-", "");
    headers.put("x-amzn-trace-id", "Root=1-" + hex.substring(0, 8) + "-" + hex.substring(8, 32));
    headers.merge("x-forwarded-for", request.peer(), (one, other) -> one + ", " + other);
    headers.put("x-forwarded-port", "443");
    headers.put("x-forwarded-proto", "https");
    return headers;
  }

  private static void query(Request request, ObjectNode event) {
    if (request.query().isEmpty()) {
      return;
    }
    var parameters = new LinkedHashMap<String, String>();
    for (String pair : request.query().split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
      if (!pair.isEmpty()) {
        parameters.merge(name, value, (one, other) -> one + "," + other);
      }
    }
    parameters.forEach(event.putObject("queryStringParameters")::put);
  }

  private static void context(Request request, Arrival arrival, ObjectNode context) {
    String host = request.headers().first("Host").orElse("localhost");
    context.put("accountId", arrival.path() == Path.ENCODED ? "anonymous" : "000000000000");
    context.put("apiId", "local");
    context.put("domainName", host);
    context.put("domainPrefix", "local");
    ObjectNode http = context.putObject("http");
    http.put("method", request.method());
    http.put("path", path(request.path(), arrival.path()));
    http.put("protocol", request.version());
    http.put("sourceIp", request.peer());
    http.put("userAgent", request.headers().first("User-Agent").orElse(""));
    context.put("requestId", arrival.id());
    context.put("routeKey", "$default");
    context.put("stage", "$default");
    context.put("time", TIME.format(arrival.at()));
    context.put("timeEpoch", arrival.at().toEpochMilli());
  }

  private static void body(Request request, byte[] body, ObjectNode event) {
    Optional<String> text = isText(request) ? utf8(body) : Optional.empty();
    if (body.length > 0) {
      event.put("body", text.orElseGet(() -> Base64.getEncoder().encodeToString(body)));
    }
    event.put("isBase64Encoded", body.length > 0 && text.isEmpty());
  }

  private static boolean isText(Request request) {
    if (request.headers().first("Content-Encoding").isPresent()) {
      return false;
    }
    String type = request.headers().first("Content-Type").orElse("").split(";", -1)[0];
    String essence = type.strip().toLowerCase(Locale.ROOT);
    return essence.startsWith("text/")
        || TEXT.contains(essence)
        || essence.endsWith("+json")
        || essence.endsWith("+xml");
  }

  private static Optional<String> utf8(byte[] body) {
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      return Optional.of(decoder.decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(ObjectNode event) {
    try {
      return JSON.writeValueAsBytes(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers can always be written", e);
    }
  }
}
