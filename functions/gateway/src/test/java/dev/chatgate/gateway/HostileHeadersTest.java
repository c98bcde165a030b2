package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with hostile header values. */
class HostileHeadersTest {
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":5}";

  private final GatewayHarness harness;
  private final List<Map<String, List<String>>> atProvider = new CopyOnWriteArrayList<>();

  HostileHeadersTest() throws IOException {
    harness = new GatewayHarness();
    harness.provider(call -> {
      atProvider.add(Map.copyOf(call.getRequestHeaders()));
      GatewayHarness.reply(call, 200, GatewayHarness.PLAIN_ANSWER);
    });
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private GatewayHarness.Answer chat(Map<String, String> more) {
    var headers = new HashMap<String, String>();
    headers.put("authorization", "bEaReR key");
    headers.putAll(more);
    return harness.call("POST", "/v1/chat/completions", headers, BODY);
  }

  @Test
  void noHeaderOfTheClientReachesTheProvider() {
    var mine = new HashMap<String, String>();
    for (var name :
        List.of(
            "api-key",
            "x-api-key",
            "cookie",
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "via",
            "x-real-ip",
            "cf-connecting-ip",
            "x-amzn-trace-id",
            "x-chatgate-edge",
            "origin",
            "referer",
            "openai-organization",
            "openai-project",
            "openai-beta",
            "x-stainless-lang",
            "x-stainless-retry-count",
            "user-agent",
            "x-request-id",
            "accept-encoding",
            "te",
            "transfer-encoding",
            "connection",
            "upgrade",
            "http2-settings",
            "expect",
            "host",
            "content-length",
            "traceparent",
            "tracestate")) {
      mine.put(name, "clients-own");
    }

    assertEquals(200, chat(mine).status());

    var sent = atProvider.getFirst();
    assertFalse(sent.toString().contains("clients-own"), sent::toString);
    assertEquals(List.of("Bearer sk-provider-secret"), sent.get("Authorization"));
    assertEquals(
        Set.of(
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "host",
            "traceparent",
            "user-agent",
            "x-request-id"),
        sent.keySet().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "origin", "x-request-id", "x-stainless-lang", "x-stainless-package-version",
        "x-stainless-retry-count", "traceparent", "tracestate", "access-control-request-headers",
        "user-agent", "\u0000", ""
      })
  void noValueIsADefect(String name) {
    for (var value :
        List.of(
            "",
            " ",
            "\u0000",
            "a\r\nx-evil: 1",
            "\ud800",
            "\uffff",
            "é😀",
            "9".repeat(10_000),
            "-1",
            "NaN",
            "{}",
            "\"",
            "*")) {
      var answer = chat(Map.of(name, value));
      assertEquals(200, answer.status(), () -> name + "=" + value + answer.body());
      assertTrue(harness.log().length() < 4096, "the log grows with what was sent");
      harness.logged.reset();
      assertFalse(atProvider.getLast().containsKey("X-evil"));
    }
    assertEquals(harness.ledger.claims().size(), harness.ledger.settled().size());
  }

  @Test
  void thousandsOfHeadersAreAccepted() {
    var many = new HashMap<String, String>();
    for (int i = 0; i < 10_000; i++) {
      many.put("x-" + i, "v".repeat(100));
    }
    assertEquals(200, chat(many).status());
    assertTrue(harness.log().length() < 4096);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer \u0000", "Bearer key\u0000", "Bearer  key key", "Bearer kéy", "Bearer \ud800",
        "Basic a2V5", "Bearer,key", "key", "", "\u0000"
      })
  void noKeyIsADefect(String authorization) {
    assertEquals(401, chat(Map.of("authorization", authorization)).status());
    assertEquals(401, chat(Map.of("authorization", authorization + "x".repeat(10_000))).status());
    assertEquals(List.of(), harness.ledger.claims());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ";",
        "json",
        "application/json,application/json",
        "text/plain;x=application/json",
        "application/json\u0000",
        "multipart/form-data; boundary=x",
        "\ud800"
      })
  void anInvalidContentTypeIsA415(String contentType) {
    assertEquals("unsupported_media_type", chat(Map.of("content-type", contentType)).code());
    assertEquals(List.of(), harness.ledger.claims());
  }
}
