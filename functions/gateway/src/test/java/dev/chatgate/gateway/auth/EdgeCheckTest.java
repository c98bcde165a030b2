package dev.chatgate.gateway.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.GatewayHarness.Answer;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.telemetry.EmfRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The secret header of a CDN in front, at both doors. */
class EdgeCheckTest {
  private static final String OLD = "0ld".repeat(20);
  private static final String NEW = "n3w".repeat(20);
  private static final List<Door> DOORS = List.of(ApiHandler.DOOR, StreamHandler.DOOR);
  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final GatewayHarness harness;
  private final List<Map<String, List<String>>> atProvider = new CopyOnWriteArrayList<>();

  EdgeCheckTest() throws IOException {
    harness = new GatewayHarness().playground();
    harness.provider(call -> {
      atProvider.add(Map.copyOf(call.getRequestHeaders()));
      GatewayHarness.reply(call, 200, GatewayHarness.PLAIN_ANSWER);
    });
  }

  @AfterEach
  void noSecretIsShownAnywhere() {
    for (var secret : List.of(OLD, NEW)) {
      assertFalse(harness.log().contains(secret), "in the log");
      assertFalse(atProvider.toString().contains(secret), "at the provider");
      assertFalse(harness.bodiesAtProvider.toString().contains(secret), "at the provider");
      assertFalse(harness.ledger.settled().toString().contains(secret), "in a record");
    }
    harness.close();
  }

  /** A request of a browser with a valid key. */
  private Answer call(Door door, String method, String path, Map<String, String> more) {
    var headers =
        new HashMap<>(Map.of("authorization", "Bearer key", "origin", "https://app.example"));
    headers.putAll(more);
    return harness.call(door, method, path, headers, method.equals("POST") ? BODY : "");
  }

  private static Map<String, String> edge(String value) {
    return Map.of(EdgeCheck.HEADER, value);
  }

  private static void assertRefused(Answer answer, String what) {
    assertEquals(403, answer.status(), what);
    assertEquals("gateway", answer.header("x-chatgate-error-source"), what);
    assertNoCors(answer, what);
  }

  private static void assertNoCors(Answer answer, String what) {
    assertTrue(answer.headers().containsKey("x-request-id"), what);
    for (var name : answer.headers().keySet()) {
      assertFalse(name.startsWith("access-control-") || name.equals("vary"), what + ": " + name);
    }
  }

  private List<String> causes() {
    var causes = new ArrayList<String>();
    harness.log().lines().forEach(line -> causes.add(EmfRules.read(line).path("cause").asText()));
    return causes;
  }

  private static final List<String> EVERYTHING =
      List.of(
          "POST " + CHAT,
          "OPTIONS " + CHAT,
          "POST /openai/v1/client_secrets",
          "GET /openai/v1/models",
          "HEAD /openai/v1/models",
          "GET /openai/v1/models/m",
          "GET /openai/v1/usage",
          "GET /openapi.json",
          "GET /health",
          "HEAD /health",
          "OPTIONS /health",
          "GET /",
          "GET /nowhere",
          "DELETE /health",
          "MADEUP /");

  @Test
  void withoutTheHeaderEveryRequestIsRefusedBeforeAllElse() {
    var _ = harness.edge(OLD, NEW);
    for (var door : DOORS) {
      for (var request : EVERYTHING) {
        var words = request.split(" ", 2);
        var answer = call(door, words[0], words[1], Map.of());
        assertRefused(answer, request);
        assertEquals(words[0].equals("HEAD") ? "" : "edge_required", answer.code(), request);
      }
    }
    assertEquals(List.of(), harness.tenants.reads, "no credential was looked up");
    assertEquals(List.of(), harness.ledger.claims());
    assertEquals(List.of(), atProvider);
    causes().forEach(cause -> assertEquals("no edge header", cause));
  }

  @Test
  void eachOfTheTwoSecretsOpensBothDoors() {
    var _ = harness.edge(OLD, NEW);
    for (var door : DOORS) {
      for (var secret : List.of(OLD, NEW)) {
        var answer = call(door, "POST", CHAT, edge(secret));
        assertEquals(200, answer.status(), answer.body());
        assertEquals("https://app.example", answer.header("access-control-allow-origin"));
        assertEquals(204, call(door, "OPTIONS", CHAT, edge(secret)).status());
        assertEquals(200, call(door, "GET", "/health", edge(secret)).status());
        assertEquals("unknown_url", call(door, "GET", "/nowhere", edge(secret)).code());
        var wrong = new HashMap<>(edge(secret));
        wrong.put("authorization", "Bearer wrong");
        assertEquals("invalid_api_key", call(door, "POST", CHAT, wrong).code());
      }
      assertEquals(
          door.streams() ? 200 : 404, call(door, "GET", "/", edge(NEW)).status(), "the page");
    }
    assertEquals(4, harness.ledger.settled().size());
    assertEquals(4, atProvider.size());
    atProvider.forEach(headers ->
        assertFalse(
            headers.keySet().stream().anyMatch(name -> name.equalsIgnoreCase(EdgeCheck.HEADER))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "OLD ",
        " OLD",
        "OLD,NEW",
        "OLD, OLD",
        "OLDx",
        "Bearer OLD",
        "0LD0LD",
        "\u0000",
        "\u00e9",
        "*",
        "0000000000000000000000000000000000000000000000000000000000000000"
      })
  void anythingElseIsRefused(String text) {
    var _ = harness.edge(OLD, NEW);
    var value = text.replace("OLD", OLD).replace("NEW", NEW);
    for (var door : DOORS) {
      var answer = call(door, "POST", CHAT, edge(value));
      assertRefused(answer, value);
      assertEquals("edge_required", answer.code());
      assertFalse(answer.body().contains(OLD), "not quoted");
    }
    assertEquals(List.of("unknown edge secret", "unknown edge secret"), causes());
    assertEquals(List.of(), harness.ledger.claims());
  }

  @Test
  void aLongValueIsRefused() {
    var _ = harness.edge(OLD);
    assertRefused(call(ApiHandler.DOOR, "POST", CHAT, edge(OLD.repeat(100))), "long");
  }

  @Test
  void aSecretThatWasDroppedIsRefused() {
    var _ = harness.edge(OLD, NEW);
    assertEquals(200, call(ApiHandler.DOOR, "POST", CHAT, edge(OLD)).status());
    harness.signing.edge(NEW);
    assertRefused(call(ApiHandler.DOOR, "POST", CHAT, edge(OLD)), "dropped");
    assertEquals(200, call(ApiHandler.DOOR, "POST", CHAT, edge(NEW)).status());
  }

  @Test
  void onWithoutAnyStoredSecretRefusesAllAndTheLogSaysWhy() {
    var _ = harness.edge();
    for (var door : DOORS) {
      assertRefused(call(door, "POST", CHAT, Map.of()), "no header");
      assertRefused(call(door, "POST", CHAT, edge(NEW)), "a header");
      assertRefused(call(door, "POST", CHAT, edge("")), "an empty header");
    }
    assertEquals(6, causes().size());
    causes().forEach(cause -> assertEquals("no edge secret is stored", cause));
  }

  @Test
  void whileTheSecretCannotBeReadEveryRequestIsA503() {
    var _ = harness.edge(OLD, NEW);
    harness.signing.away = true;
    for (var door : DOORS) {
      for (var headers : List.of(Map.<String, String>of(), edge(NEW), edge("wrong"))) {
        for (var method : List.of("POST", "OPTIONS", "GET")) {
          var answer = call(door, method, CHAT, headers);
          assertEquals(503, answer.status());
          assertEquals("identity_unavailable", answer.code());
          assertEquals("1", answer.header("retry-after"));
          assertNoCors(answer, method);
        }
      }
    }
    causes().forEach(cause -> assertEquals("reading the signing secret failed", cause));
    assertEquals(List.of(), harness.ledger.claims());
    harness.signing.away = false;
    assertEquals(200, call(ApiHandler.DOOR, "POST", CHAT, edge(NEW)).status());
  }

  @Test
  void eventsThatAreNoRequestNeedNoHeader() {
    var _ = harness.edge(OLD);
    var keptWarm = new BufferedResponse();
    harness.gateway().answerKeepWarm(keptWarm);
    assertEquals(200, keptWarm.status());
    var unknown = new BufferedResponse();
    harness.gateway().answerUnknownEvent(unknown);
    assertEquals(400, unknown.status());
    assertEquals(0, harness.signing.asked);
  }

  @Test
  void offAsksForNoSecretAndIgnoresTheHeader() {
    harness.signing.edge(OLD);
    harness.signing.asked = 0;
    for (var door : DOORS) {
      for (var headers : List.of(Map.<String, String>of(), edge(OLD), edge("wrong"))) {
        assertEquals(200, call(door, "POST", CHAT, headers).status());
        assertEquals(200, call(door, "GET", "/health", headers).status());
        assertEquals("unknown_url", call(door, "GET", "/nowhere", headers).code());
      }
    }
    assertEquals(0, harness.signing.asked);
    assertFalse(atProvider.toString().toLowerCase(Locale.ROOT).contains("x-chatgate-edge"));
  }
}
