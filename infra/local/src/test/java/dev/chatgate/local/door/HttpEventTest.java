package dev.chatgate.local.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.chatgate.local.http.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpEventTest {
  private static final Instant AT = Instant.parse("2026-11-23T18:00:00.123Z");
  private static final String ID = "12345678-1234-1234-1234-123456789012";

  @ParameterizedTest
  @CsvSource({
    "/openai/v1/models, /openai/v1/models, /openai/v1/models",
    "/v1/models/a%2Fb, /v1/models/a/b, /v1/models/a%2Fb",
    "/v1/a%3Fb/c?x=1, /v1/a, /v1/a%3Fb/c",
    "/v1/a+b%20c, /v1/a+b c, /v1/a+b%20c",
    "/v1//models/, /v1//models/, /v1//models/",
    "/v1/%E4%BD%A0, /v1/你, /v1/%E4%BD%A0",
    "/v1/%ff, /v1/�, /v1/%ff",
    "http://x/v1/models/a%2Fb?c=/d, /v1/models/a/b, /v1/models/a%2Fb",
    "HTTPS://x, /, /"
  })
  void thePathIsDecodedAtTheApiAndRawAtTheUrl(String target, String api, String url)
      throws Exception {
    String request = "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
    for (var form : HttpEvent.Path.values()) {
      JsonNode event = event(request, new byte[0], form);
      String expected = form == HttpEvent.Path.DECODED ? api : url;
      assertEquals(expected, event.path("rawPath").asText());
      assertEquals(expected, event.path("requestContext").path("http").path("path").asText());
    }
  }

  @Test
  void headersAreInLowerCaseAndJoinedWithCommas() throws Exception {
    JsonNode headers =
        event("GET / HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nx-a: 2\r\nConnection: Upgrade\r\n\r\n")
            .path("headers");
    assertEquals("1,2", headers.path("x-a").asText());
    assertEquals("h:1", headers.path("host").asText());
    assertEquals("127.0.0.1", headers.path("x-forwarded-for").asText());
    assertFalse(headers.has("connection"));
  }

  @Test
  void cookiesStandInAListOfTheirOwn() throws Exception {
    JsonNode event = event("GET / HTTP/1.1\r\nHost: h\r\nCookie: a=1; b=2\r\ncookie: c=3\r\n\r\n");
    assertEquals("[\"a=1\",\"b=2\",\"c=3\"]", event.path("cookies").toString());
    assertFalse(event.path("headers").has("cookie"));
  }

  @Test
  void theQueryIsThereRawAndDecoded() throws Exception {
    JsonNode event = event("GET /?a=%2F&b=1&a=x&c HTTP/1.1\r\nHost: h\r\n\r\n");
    assertEquals("a=%2F&b=1&a=x&c", event.path("rawQueryString").asText());
    assertEquals(
        "{\"a\":\"/,x\",\"b\":\"1\",\"c\":\"\"}", event.path("queryStringParameters").toString());
    assertFalse(event("GET / HTTP/1.1\r\nHost: h\r\n\r\n").has("queryStringParameters"));
  }

  @Test
  void theContextNamesTheCall() throws Exception {
    JsonNode event = event("PUT /x HTTP/1.1\r\nHost: h\r\nUser-Agent: me\r\n\r\n");
    JsonNode context = event.path("requestContext");
    assertEquals("2.0", event.path("version").asText());
    assertEquals("$default", event.path("routeKey").asText());
    assertEquals("$default", context.path("stage").asText());
    assertEquals(ID, context.path("requestId").asText());
    assertEquals(AT.toEpochMilli(), context.path("timeEpoch").asLong());
    assertEquals("23/Nov/2026:18:00:00 +0000", context.path("time").asText());
    assertEquals("PUT", context.path("http").path("method").asText());
    assertEquals("me", context.path("http").path("userAgent").asText());
    assertEquals("127.0.0.1", context.path("http").path("sourceIp").asText());
    assertEquals("HTTP/1.1", context.path("http").path("protocol").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, false",
    "Application/JSON; charset=utf-8, false",
    "text/plain, false",
    "application/problem+json, false",
    "application/octet-stream, true",
    "application/x-www-form-urlencoded, true",
    "'', true"
  })
  void aBodyIsTextOrBase64ByItsType(String type, boolean base64) throws Exception {
    byte[] body = "{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8);
    String line = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
    JsonNode event = post(line, body);
    assertEquals(base64, event.path("isBase64Encoded").asBoolean());
    String text = event.path("body").asText();
    byte[] sent = base64 ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
    assertEquals("{\"a\":\"ü\"}", new String(sent, StandardCharsets.UTF_8));
    assertEquals("10", event.path("headers").path("content-length").asText());
  }

  @Test
  void jsonThatIsNotUtf8TravelsAsBase64SoThatNoByteIsLost() throws Exception {
    byte[] body = {'"', (byte) 0xff, '"'};
    JsonNode event = post("Content-Type: application/json\r\n", body);
    assertTrue(event.path("isBase64Encoded").asBoolean());
    assertEquals("Iv8i", event.path("body").asText());
  }

  @Test
  void anEmptyBodyIsLeftOut() throws Exception {
    JsonNode event = event("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assertFalse(event.has("body"));
    assertFalse(event.path("isBase64Encoded").asBoolean(true));
  }

  private static JsonNode post(String lines, byte[] body) throws Exception {
    return event(
        "POST / HTTP/1.1\r\nHost: h\r\n" + lines + "Content-Length: " + body.length + "\r\n\r\n",
        body,
        HttpEvent.Path.ENCODED);
  }

  private static JsonNode event(String head) throws Exception {
    return event(head, new byte[0], HttpEvent.Path.ENCODED);
  }

  /** The event for a request that came over a real connection. */
  private static JsonNode event(String head, byte[] body, HttpEvent.Path form) throws Exception {
    var made = new CompletableFuture<byte[]>();
    var arrival = new HttpEvent.Arrival(form, ID, AT);
    try (var server =
            HttpServer.start(
                0,
                (request, reply) ->
                    made.complete(HttpEvent.of(request, request.bodyBytes(1_000), arrival)));
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(bytes(head, body));
      return JsonMapper.builder().build().readTree(made.join());
    }
  }

  private static byte[] bytes(String head, byte[] body) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(head.getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(body);
    return bytes.toByteArray();
  }
}
