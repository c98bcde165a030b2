package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.testkit.ScriptedProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A page of another origin in headless Chromium calls both doors of the local stack, with the
 * official OpenAI client in its bundle. The deployment allows only that page's origin.
 */
@Tag("outside")
class BrowserTest {
  private static final Path FOLDER = Repository.TARGET.resolve("browser");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MILLIS_BETWEEN_TOKENS = 1_000;
  private static final int MAX_LOOKS = 5_000;

  /** The part of the tenants' keys after the name. */
  private static final String KEY = "cg_page_";

  private static final String TENANTS =
      """
      [{"id": "free", "keys": [{"name": "k", "secret": "cg_page_free"}]},
       {"id": "narrow", "keys": [{"name": "k", "secret": "cg_page_narrow"}],
        "allowed_origins": ["https://app.example"]},
       {"id": "leaver", "keys": [{"name": "k", "secret": "cg_page_leaver"}]},
       {"id": "once-api", "keys": [{"name": "k", "secret": "cg_page_once-api"}],
        "quota": {"requests_per_minute": 1}},
       {"id": "once-stream", "keys": [{"name": "k", "secret": "cg_page_once-stream"}],
        "quota": {"requests_per_minute": 1}},
       {"id": "spent-api", "keys": [{"name": "k", "secret": "cg_page_spent-api"}],
        "quota": {"tokens_per_day": 4000, "default_max_tokens": 100}},
       {"id": "spent-stream", "keys": [{"name": "k", "secret": "cg_page_spent-stream"}],
        "quota": {"tokens_per_day": 4000, "default_max_tokens": 100}}]
      """;

  private static final String ANSWER =
      """
      {"id":"1","object":"chat.completion","created":1,"model":"provider/model","choices":[{"index":0,\
      "message":{"role":"assistant","content":"Hello, page."},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}\
      """;
  private static final String COSTLY =
      ANSWER.replace(
          "\"completion_tokens\":3,\"total_tokens\":10",
          "\"completion_tokens\":3993,\"total_tokens\":4000");
  private static final String END =
      """
      data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"id":"1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":321,"total_tokens":328}}

      data: [DONE]

      """;

  private static ScriptedProvider provider;
  private static PageServer page;
  private static PageServer stranger;
  private static LocalStack stack;
  private static Chromium browser;

  /** The two doors. */
  enum DoorName {
    API,
    STREAM;

    String url() {
      return (this == API ? stack.apiUrl() : stack.streamUrl()) + "/openai/v1";
    }

    /** A name that is different for each door. */
    String of(String name) {
      return name + (this == API ? "-api" : "-stream");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Bundle.make("app.js", FOLDER.resolve("site"));
    var tenants = Files.writeString(FOLDER.resolve("tenants.json"), TENANTS);
    provider = new ScriptedProvider();
    page = new PageServer(FOLDER.resolve("site"));
    stranger = new PageServer(FOLDER.resolve("site"));
    stack = stack(tenants);
    stack.awaitReady();
    browser = Chromium.start(FOLDER.resolve("chromium"));
  }

  private static LocalStack stack(Path tenants) {
    var settings =
        Map.of(
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "CHATGATE_INSTANCES", "2",
            "CHATGATE_TENANTS", tenants.toString(),
            "CHATGATE_ALLOWED_ORIGINS", page.origin(),
            "UPSTREAM_BASE_URL", provider.url().toString());
    return LocalStack.start(LocalSettings.from(settings), Repository.ROOT, Pacing.NONE, line -> {});
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable open : new AutoCloseable[] {browser, stack, stranger, page, provider}) {
      open.close();
    }
  }

  @BeforeEach
  void openThePage() throws Exception {
    provider.instead(wire -> wire.json(200, ANSWER));
    browser.open(page.origin());
    browser.console();
  }

  @ParameterizedTest
  @EnumSource
  void aPlainAnswerArrives(DoorName door) throws Exception {
    var result = browser.run("plain", Map.of("options", options(door, "free")));

    assertEquals(JSON.readTree(ANSWER), result.path("data"));
    assertRequestId(result.path("requestID").asText());
  }

  @Test
  void theFirstTokenArrivesBeforeTheLast() throws Exception {
    provider.instead(wire -> {
      wire.streamHead().chunk(token("Hello"));
      page.await("first");
      wire.pause(MILLIS_BETWEEN_TOKENS).chunk(token(", page.")).chunk(END).endChunks();
    });

    var result =
        browser.run(
            "streamed", Map.of("options", options(DoorName.STREAM, "free"), "first", "first"));

    assertEquals("Hello, page.", result.path("text").asText());
    assertEquals("none", result.path("usage").asText(), "usage that was not requested");
    var millis = result.path("millisToLast").asDouble();
    assertTrue(millis >= MILLIS_BETWEEN_TOKENS, millis + " ms from the first token to the last");
  }

  @Test
  void theApiDoorSendsAStreamInOnePiece() throws Exception {
    provider.instead(wire -> wire.stream(token("Hello") + token(", page.") + END));

    var result =
        browser.run("streamed", Map.of("options", options(DoorName.API, "free"), "first", "any"));

    assertEquals("Hello, page.", result.path("text").asText());
  }

  @Test
  void anAbortedStreamEndsInThePageAndIsChargedInFull() throws Exception {
    provider.instead(wire -> {
      wire.streamHead().chunk(token("Hello"));
      page.await("gone");
      wire.chunk(END).endChunks();
    });

    var result =
        browser.run(
            "abortedInMidStream",
            Map.of("options", options(DoorName.STREAM, "leaver"), "gone", "gone"));

    // When the user aborts a stream, the library ends the loop without an error.
    assertEquals("none", result.path("class").asText());
    assertEquals(1, result.path("pieces").asInt());
    assertEquals(321, settledCompletionTokens("leaver"));
  }

  @ParameterizedTest
  @EnumSource
  void anAbortedCallEndsAtOnce(DoorName door) throws Exception {
    provider.instead(wire -> {
      page.reach(door.of("asked"));
      page.await(door.of("left"));
      wire.json(200, ANSWER);
    });

    var result =
        browser.run(
            "abortedBeforeTheAnswer",
            Map.of(
                "options", options(door, "free"),
                "asked", door.of("asked"),
                "gone", door.of("left")));

    assertEquals("APIUserAbortError", result.path("class").asText(), result::toString);
  }

  @ParameterizedTest
  @EnumSource
  void aWrongParameterIsABadRequestError(DoorName door) throws Exception {
    var result = fails(door, "free", Map.of("temperature", 3));

    assertTyped("BadRequestError", 400, "invalid_value", result);
    assertEquals("temperature", result.path("param").asText());
    assertEquals("invalid_request_error", result.path("type").asText());
    assertEquals("gateway", header(result, "x-chatgate-error-source"));
  }

  @ParameterizedTest
  @EnumSource
  void aWrongKeyIsAnAuthenticationError(DoorName door) throws Exception {
    var result = fails(door, "nobody", Map.of());

    assertTyped("AuthenticationError", 401, "invalid_api_key", result);
  }

  @ParameterizedTest
  @EnumSource
  void aMinuteLimitIsARateLimitErrorWithRetryAfter(DoorName door) throws Exception {
    browser.run("plain", Map.of("options", options(door, door.of("once"))));

    var result = fails(door, door.of("once"), Map.of());

    assertTyped("RateLimitError", 429, "rate_limit_exceeded", result);
    assertTrue(Integer.parseInt(header(result, "retry-after")) >= 1, result::toString);
    assertTrue(Integer.parseInt(header(result, "retry-after-ms")) >= 1, result::toString);
    assertEquals("1", header(result, "x-ratelimit-limit-requests"));
    assertEquals("0", header(result, "x-ratelimit-remaining-requests"));
  }

  @ParameterizedTest
  @EnumSource
  void theLibraryDoesNotRetryASpentQuota(DoorName door) throws Exception {
    provider.instead(wire -> wire.json(200, COSTLY));
    browser.run("plain", Map.of("options", options(door, door.of("spent"))));
    // The streaming door settles after its answer; a call that arrives earlier is admitted.
    assertEquals(3_993, settledCompletionTokens(door.of("spent")));
    var retrying = Map.of("baseURL", door.url(), "apiKey", KEY + door.of("spent"));

    var result = browser.run("fails", Map.of("options", retrying, "body", Map.of()));

    assertTyped("RateLimitError", 429, "insufficient_quota", result);
    assertEquals("false", header(result, "x-should-retry"));
    assertEquals(1, result.path("calls").asInt(), "calls that the page made");
  }

  @ParameterizedTest
  @EnumSource
  void theModelsAreListed(DoorName door) throws Exception {
    provider.instead(wire -> wire.json(200, "{\"object\":\"list\",\"data\":[{\"id\":\"m\"}]}"));

    var result = browser.run("models", Map.of("options", options(door, "free")));

    assertEquals(JSON.readTree("[\"m\"]"), result.path("ids"));
  }

  @ParameterizedTest
  @EnumSource
  void theBrowserItselfRefusesAForbiddenOrigin(DoorName door) throws Exception {
    int before = provider.requests().size();
    browser.open(stranger.origin());

    var result = fails(door, "free", Map.of());

    assertEquals("APIConnectionError", result.path("class").asText(), result::toString);
    assertEquals(Map.of(), headers(result));
    var console = String.join("\n", browser.console());
    assertTrue(console.contains("blocked by CORS policy"), console);
    assertTrue(console.contains("'" + stranger.origin() + "'"), console);
    assertEquals(before, provider.requests().size(), "calls of the provider");
  }

  @ParameterizedTest
  @EnumSource
  void aForbiddenOriginOfTheTenantIsAReadableError(DoorName door) throws Exception {
    var result = fails(door, "narrow", Map.of());

    assertTyped("PermissionDeniedError", 403, "origin_not_allowed", result);
  }

  private static Map<String, Object> options(DoorName door, String tenant) {
    return Map.of("baseURL", door.url(), "apiKey", KEY + tenant, "maxRetries", 0);
  }

  private static JsonNode fails(DoorName door, String tenant, Map<String, ?> body)
      throws Exception {
    return browser.run("fails", Map.of("options", options(door, tenant), "body", body));
  }

  private static void assertTyped(String type, int status, String code, JsonNode result) {
    assertEquals(type, result.path("class").asText(), result::toString);
    assertEquals(status, result.path("status").asInt());
    assertEquals(code, result.path("code").asText());
    assertRequestId(result.path("requestID").asText());
    assertEquals(result.path("requestID").asText(), header(result, "x-request-id"));
  }

  private static void assertRequestId(String id) {
    assertTrue(id.length() >= 12, () -> "\"" + id + "\" is no request id");
  }

  private static String header(JsonNode result, String name) {
    return Optional.ofNullable(headers(result).get(name))
        .orElseThrow(() -> new AssertionError(name + " is not readable: " + result));
  }

  private static Map<String, String> headers(JsonNode result) {
    var headers = new TreeMap<String, String>();
    result
        .path("headers")
        .properties()
        .forEach(member -> headers.put(member.getKey(), member.getValue().asText()));
    return headers;
  }

  private static String token(String text) {
    return "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n"
        .formatted(text);
  }

  /** Returns the tenant's usage of its one call, after the settlement. */
  private static int settledCompletionTokens(String tenant)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(DoorName.API.url() + "/usage"))
            .header("authorization", "Bearer " + KEY + tenant)
            .build();
    try (var http = HttpClient.newHttpClient()) {
      int tokens = 0;
      for (int look = 0; look < MAX_LOOKS && tokens == 0; look++) {
        var usage = JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        tokens = usage.path("data").path(0).path("completion_tokens").asInt();
      }
      return tokens;
    }
  }
}
