package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.gateway.Expectation.Answer;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.http.HeaderFields;
import dev.chatgate.testkit.ScriptedProvider;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Puts every byte in every place of a request's head and of a provider's answer's head, at both
 * doors. The request must be answered, not with a 500, and the answer's head must be valid HTTP.
 */
class HeadBytesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHAT = "/v1/chat/completions";
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":5%s}";
  private static final String STREAM =
      "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
  private static final String REFUSAL =
      "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":null}}";

  /** The bytes that the provider writes; set before each call. */
  private volatile byte[] reply = {};

  private final ScriptedProvider provider = new ScriptedProvider(wire -> wire.raw(reply).close());
  private final GatewayHarness harness;
  private final ApiHandler buffered;
  private final StreamHandler streaming;

  HeadBytesTest() throws IOException {
    harness = new GatewayHarness(provider.url());
    buffered = new ApiHandler(harness.gateway(), InstantSource.system());
    streaming = new StreamHandler(harness.gateway());
  }

  @AfterEach
  void stop() {
    harness.close();
    provider.close();
  }

  // ---- the client's head

  static Stream<String> clientsHeaders() {
    return Stream.of(
        "origin",
        "access-control-request-headers",
        "access-control-request-method",
        "access-control-request-private-network",
        "authorization",
        "content-type",
        "content-encoding",
        "x-request-id",
        "traceparent",
        "tracestate",
        "x-amzn-trace-id",
        "user-agent",
        "x-stainless-lang",
        "x-stainless-package-version",
        "x-stainless-retry-count");
  }

  @ParameterizedTest
  @MethodSource("clientsHeaders")
  void noCharacterInAClientsHeaderIsADefect(String name) {
    harness.tenant("{\"id\":\"acme\",\"models\":[]}");
    for (String value : values()) {
      for (String method : List.of("OPTIONS", "POST")) {
        var event = event(method, CHAT);
        headers(event).put("origin", "https://app.example").put(name, value);
        check(event, name + " " + escaped(value));
      }
    }
  }

  @Test
  void noCharacterInAHeadersNameIsADefect() {
    for (String value : values()) {
      var event = event("OPTIONS", CHAT);
      headers(event).put("origin", "https://app.example").put(value, value);
      check(event, escaped(value));
    }
  }

  @Test
  void noCharacterInAMethodIsADefect() {
    for (String value : values()) {
      check(event(value, CHAT), escaped(value));
      check(event(value, "/nowhere"), escaped(value));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/v1/models/", "/nowhere/", "/health/"})
  void noCharacterInAPathIsADefect(String path) {
    for (String value : values()) {
      check(event("GET", path + value), path + escaped(value));
    }
    for (int b = 0; b < 256; b++) {
      check(event("GET", path + "a%%%02xb".formatted(b)), path + b);
    }
  }

  @Test
  void noCharacterInAQueryIsADefect() {
    for (String value : values()) {
      for (String query : List.of(value, "from=" + value, value + "=1", "to=%" + value)) {
        check(event("GET", "/v1/usage").put("rawQueryString", query), escaped(query));
      }
    }
  }

  @Test
  void noCharacterInAStageIsADefect() {
    for (String value : values()) {
      var event = event("GET", "/" + value + "/health");
      ((ObjectNode) event.get("requestContext")).put("stage", value);
      check(event, escaped(value));
    }
  }

  /**
   * Every character alone, inside, and at the end of a value; unpaired surrogates; very long
   * values.
   */
  private static List<String> values() {
    var values = new ArrayList<String>();
    IntStream.concat(IntStream.range(0, 256), IntStream.of(0x2028, 0xD800, 0xDFFF, 0xFEFF, 0xFFFF))
        .forEach(c -> {
          values.add(Character.toString((char) c));
          values.add("a" + (char) c + "b");
          values.add("true" + (char) c);
        });
    values.add("a".repeat(100_000));
    values.add("a,".repeat(50_000));
    values.add("\r\nx-evil: 1");
    return values;
  }

  private static ObjectNode event(String method, String path) {
    var event = JSON.createObjectNode().put("rawPath", path).put("body", BODY.formatted(""));
    event.putObject("requestContext").putObject("http").put("method", method);
    event.putObject("headers").put("authorization", "Bearer key");
    return event;
  }

  private static ObjectNode headers(ObjectNode event) {
    return (ObjectNode) event.get("headers");
  }

  // ---- the provider's head

  /** Heads of a provider's answer, with {@code %s} in the place of the byte. */
  static Stream<String> providersHeads() {
    return Stream.of(
        "400 Bad\r\ncontent-type: application/json%s",
        "400 Bad\r\ncontent-type: %s",
        "400 Bad\r\ncontent-type: application/problem%sjson",
        "422 Bad%s\r\ncontent-type: application/json",
        "400 Bad\r\ncontent-type: application/json\r\ncontent-encoding: %s",
        "200 OK\r\ncontent-type: text/event-stream%s",
        "200 OK\r\ncontent-type: text%sevent-stream",
        "200 OK\r\ncontent-type: application/json\r\nx-request-id: a%sb",
        "200 OK\r\ncontent-type: application/json\r\nx-%s: 1",
        "200 OK\r\n%s",
        "200 OK\r\nlocation: %s\r\nset-cookie: a=%1$s",
        "301 Moved\r\nlocation: http://127.0.0.1:1/%s",
        "401 No\r\nwww-authenticate: %s",
        "429 Slow\r\nretry-after: 1%s",
        "429 Slow\r\nretry-after: %s",
        "503 Slow\r\nretry-after-ms: 1%s",
        "503 Slow\r\nretry-after: Mon, 01 Jan 2029 00:00:0%s GMT",
        "5%s3 Slow",
        "%s 200 OK");
  }

  @ParameterizedTest
  @MethodSource("providersHeads")
  void noByteInAProvidersHeadIsADefect(String head) {
    for (int b = 0; b < 256; b++) {
      for (var stream : List.of("", ",\"stream\":true")) {
        reply = reply(head.formatted((char) b), stream.isEmpty());
        check(event("POST", CHAT).put("body", BODY.formatted(stream)), b + stream);
      }
    }
    assertEquals(harness.ledger.claims().size(), harness.ledger.settled().size());
  }

  @Test
  void aContentTypeThatCannotBePassedOnIsReplacedByJson() {
    for (var type : List.of("application/json\u0001", "application/json\u00e9", "json\u007f")) {
      reply = reply("400 Bad\r\ncontent-type: " + type, true);
      for (var answer : answers(event("POST", CHAT))) {
        assertEquals(400, answer.status());
        assertEquals("application/json", answer.headers().get("content-type"));
        assertEquals(REFUSAL, answer.text());
      }
    }
  }

  private static byte[] reply(String head, boolean plain) {
    String body = head.startsWith("4") ? REFUSAL : plain ? GatewayHarness.PLAIN_ANSWER : STREAM;
    return ("HTTP/1.1 " + head + "\r\nconnection: close\r\n\r\n" + body).getBytes(ISO_8859_1);
  }

  // ---- assertions

  private List<Answer> answers(ObjectNode event) {
    return List.of(
        Entries.buffered(buffered, event.toString()),
        Entries.streamed(streaming, event.toString()));
  }

  private void check(ObjectNode event, String what) {
    for (var answer : answers(event)) {
      assertTrue(answer.status() >= 200 && answer.status() < 600, what);
      assertFalse(answer.status() == 500, () -> what + answer.text() + harness.log());
      assertFalse(answer.text().contains("internal_error"), what);
      assertFalse(answer.headers().containsKey("x-evil"), what);
      answer
          .headers()
          .forEach((name, value) -> {
            assertTrue(name.matches("[a-z-]+"), () -> what + name);
            assertTrue(value.matches("[\\t -~]*"), () -> what + " " + name + ": " + escaped(value));
            assertTrue(value.length() <= HeaderFields.MAX_VALUE_CHARS, () -> what + name);
          });
    }
    assertTrue(harness.log().matches("[\\n -~]*"), what);
    assertFalse(harness.log().contains("\"kind\":\"defect\""), () -> what + harness.log());
    assertTrue(harness.log().length() < 8192, () -> what + harness.log().length());
    harness.logged.reset();
  }

  private static String escaped(String text) {
    return Map.of(
            text.length(), text.codePoints().limit(40).mapToObj(Integer::toHexString).toList())
        .toString();
  }
}
