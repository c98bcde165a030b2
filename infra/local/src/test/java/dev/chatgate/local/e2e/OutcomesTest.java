package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider or a client can do wrong: what is answered, and what is on record. */
class OutcomesTest {
  private static final int API = 0;
  private static final int STREAM = 1;

  /** Words that only the caller and the provider may ever see. */
  private static final String PROMPT = "marzipan-prompt";

  private static final String ANSWER = "pistachio-answer";
  private static final String DELTA =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + ANSWER + "\"}}]}\n\n";
  private static final String END =
      """
      data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":321,"total_tokens":328}}

      data: [DONE]

      """;
  private static final UsageTotals REAL = new UsageTotals(1, 7, 0, 321, 0, 0);

  private static ScriptedProvider provider;
  private static PackagedStack stack;

  @BeforeAll
  static void start() {
    provider = new ScriptedProvider();
    stack =
        PackagedStack.start(
            Map.of(
                "CHATGATE_INSTANCES", "1",
                "UPSTREAM_RETRIES", "0",
                "UPSTREAM_IDLE_MS", "500",
                "UPSTREAM_BASE_URL", provider.url().toString()));
  }

  @AfterAll
  static void nothingSecretIsLoggedOrStored() {
    try {
      String said = String.join("\n", stack.log());
      String stored = stack.everythingStored();
      assertTrue(said.contains("\"kind\":\"call\""), said);
      assertTrue(stored.contains("raw_usage") || stored.contains("error_code"), stored);
      for (String secret : List.of(PROMPT, ANSWER, PackagedStack.PROVIDER_KEY, "cg_secret")) {
        assertFalse(said.contains(secret), secret);
        assertFalse(stored.contains(secret), secret);
      }
    } finally {
      stack.close();
      provider.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {API, STREAM})
  void aCutStreamEndsInAnErrorEventAndAnEstimate(int door) throws Exception {
    provider.instead(wire -> wire.stream(DELTA));
    String body = ask("cut" + door, door, true).body();
    assertTrue(body.startsWith(DELTA), body);
    assertTrue(
        body.substring(DELTA.length()).startsWith("event: error\ndata: {\"error\":{\"message\":"),
        body);
    assertTrue(body.contains("\"code\":\"upstream_incomplete\"}}\n\n"), body);
    assertFalse(body.contains("[DONE]"), body);
    assertEstimated(stack.onlyRecord("cut" + door), "upstream_incomplete");
  }

  @ParameterizedTest
  @ValueSource(ints = {API, STREAM})
  void aStallIsATimeout(int door) throws Exception {
    provider.instead(wire -> wire.streamHead().chunk(DELTA).stall());
    String body = ask("stall" + door, door, true).body();
    assertTrue(body.contains("event: error\ndata: "), body);
    assertTrue(body.contains("\"code\":\"upstream_timeout\""), body);
    assertEstimated(stack.onlyRecord("stall" + door), "upstream_timeout");
  }

  @Test
  void aClientThatLeavesIsChargedWhatTheProviderSays() throws Exception {
    var gone = new CountDownLatch(1);
    provider.instead(wire -> {
      wire.streamHead().chunk(DELTA).await(gone);
      for (int i = 0; i < 50; i++) {
        wire.chunk(DELTA);
      }
      wire.chunk(END).endChunks();
    });
    tenant("leaver");
    var answer =
        stack
            .http()
            .send(
                PackagedStack.chat(stack.doors().get(STREAM), "cg_secret_leaver", body(true)),
                BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      assertEquals(DELTA, new String(in.readNBytes(DELTA.length()), StandardCharsets.UTF_8));
    }
    gone.countDown();
    assertEquals(REAL, stack.onlyRecord("leaver").charged());
  }

  @ParameterizedTest
  @ValueSource(ints = {API, STREAM})
  void theProvidersWordsAboutOurKeyStayHere(int door) throws Exception {
    String words =
        "{\"error\":{\"message\":\"Incorrect API key: " + PackagedStack.PROVIDER_KEY + "\"}}";
    provider.instead(wire -> wire.json(401, words));
    var answer = ask("auth" + door, door, false);
    assertEquals(502, answer.statusCode());
    assertTrue(answer.body().contains("\"code\":\"upstream_auth\""), answer.body());
    assertFalse(answer.body().contains("sk-"), answer.body());
    assertFalse(answer.headers().map().toString().contains("sk-"), answer.headers().toString());
    UsageRecord record = stack.onlyRecord("auth" + door);
    assertEquals(new UsageTotals(1, 0, 0, 0, 0, 0), record.charged());
    assertEquals(Optional.of("upstream_auth"), errorCode(record));
  }

  @Test
  void anAnswerTooLargeForTheApiDoorIsChargedAsReal() throws Exception {
    String answer = large();
    provider.instead(wire -> wire.json(200, answer));
    var refused = ask("large0", API, false);
    assertEquals(502, refused.statusCode());
    assertTrue(refused.body().contains("\"code\":\"response_too_large\""), refused.body());
    assertEquals(Optional.of("false"), refused.headers().firstValue("x-should-retry"));
    UsageRecord record = stack.onlyRecord("large0");
    assertEquals(REAL, record.charged());
    assertEquals(Optional.of("response_too_large"), errorCode(record));
  }

  @Test
  void theStreamingDoorPassesTheSameAnswerOn() throws Exception {
    String answer = large();
    provider.instead(wire -> wire.json(200, answer));
    var passed = ask("large1", STREAM, false);
    assertEquals(200, passed.statusCode());
    assertTrue(passed.body().equals(answer), () -> passed.body().length() + " characters");
    assertEquals(REAL, stack.onlyRecord("large1").charged());
  }

  @ParameterizedTest
  @ValueSource(ints = {API, STREAM})
  void aProviderThatHangsUpMidAnswerIsAnEstimate(int door) throws Exception {
    provider.instead(wire ->
        wire.raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n")
            .raw("{\"choices\":[{\"message\":{\"content\":\"" + ANSWER)
            .close());
    var answer = ask("half" + door, door, false);
    assertEquals(502, answer.statusCode());
    assertTrue(answer.body().contains("\"code\":\"upstream_incomplete\""), answer.body());
    UsageRecord record = stack.onlyRecord("half" + door);
    assertEquals(1, record.charged().estimated());
    assertTrue(record.charged().prompt() > 0, record.toString());
  }

  private static void assertEstimated(UsageRecord record, String code) {
    assertEquals(UsageRecord.Kind.CALL, record.kind());
    assertEquals(1, record.charged().estimated());
    assertEquals(record.call().orElseThrow().promptEstimate(), record.charged().prompt());
    assertTrue(record.charged().completion() > 0, record.toString());
    assertEquals(Optional.of(code), errorCode(record));
  }

  private static Optional<String> errorCode(UsageRecord record) {
    return record.call().orElseThrow().facts().errorCode();
  }

  private static HttpResponse<String> ask(String tenant, int door, boolean streamed)
      throws IOException, InterruptedException {
    tenant(tenant);
    var request =
        PackagedStack.chat(stack.doors().get(door), "cg_secret_" + tenant, body(streamed));
    return stack.http().send(request, BodyHandlers.ofString());
  }

  private static void tenant(String id) {
    stack.tenant(
        "{\"id\":\"%1$s\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_secret_%1$s\"}]}"
            .formatted(id));
  }

  private static String body(boolean streamed) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"stream\":%s}"
        .formatted(PROMPT, streamed);
  }

  private static String large() {
    return """
    {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
    "message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],\
    "usage":{"prompt_tokens":7,"completion_tokens":321,"total_tokens":328}}\
    """
        .formatted("many words ".repeat(600_000));
  }
}
