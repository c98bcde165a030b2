package dev.chatgate.gateway.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.GatewayHarness.Answer;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaygroundTest {
  private static final int MAX_BYTES = 60_000;
  private static final String HOST = "abc.lambda-url.us-east-1.on.aws";

  private final Playground page = Playground.read();
  private final String html = new String(page.html(), StandardCharsets.UTF_8);
  private final GatewayHarness harness;

  PlaygroundTest() throws IOException {
    harness = new GatewayHarness().offline();
  }

  @AfterEach
  void close() throws IOException {
    harness.close();
  }

  @Test
  void thePageIsSmall() {
    assertTrue(page.html().length <= MAX_BYTES, page.html().length + " bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"script", "style"})
  void theOnlyScriptAndTheOnlyStyleAreAllowedByTheirHashes(String element) throws Exception {
    var found =
        Pattern.compile("<%1$s[^>]*>(.*?)</%1$s>".formatted(element), Pattern.DOTALL).matcher(html);
    assertTrue(found.find());
    var text = found.group(1).getBytes(StandardCharsets.UTF_8);
    var hash =
        Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(text));

    assertTrue(policy().contains(element + "-src 'sha256-" + hash + "';"), policy());
    assertFalse(found.find());
  }

  @Test
  void nothingElseIsAllowed() {
    assertTrue(policy().startsWith("default-src 'none'; "), policy());
    assertFalse(policy().contains("unsafe"), policy());
    assertTrue(policy().contains("connect-src 'self';"), policy());
    assertTrue(policy().contains("frame-ancestors 'none'"), policy());
  }

  /** Constructs that a policy forbids, that make markup of text, or that store something. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        " on[a-z]+=\"",
        " style=\"",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document\\.write",
        "eval\\(",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "\\.cookie",
        "pushState",
        "replaceState",
        "postMessage",
        "(src|href)=\"(?!#|data:image/svg)"
      })
  void thePageHasNone(String pattern) {
    assertFalse(Pattern.compile(pattern).matcher(html).find(), pattern);
  }

  @Test
  void theStreamingDoorServesItWhereItIsOn() {
    harness.playground();
    for (var path : new String[] {"/", "/playground"}) {
      var answer = atStreamingDoor("GET", path, Map.of());
      assertEquals(200, answer.status());
      assertEquals("text/html; charset=utf-8", answer.header("content-type"));
      assertEquals(policy(), answer.header("content-security-policy"));
      assertEquals("no-store", answer.header("cache-control"));
      assertArrayEquals(page.html(), answer.body().getBytes(StandardCharsets.UTF_8));
    }
    assertEquals("", atStreamingDoor("HEAD", "/", Map.of()).body());
    assertEquals(405, atStreamingDoor("POST", "/", Map.of()).status());
  }

  @Test
  void elsewhereItIsUnknown() {
    assertUnknown(atStreamingDoor("GET", "/", Map.of()));
    harness.playground();
    assertUnknown(harness.call(ApiHandler.DOOR, "GET", "/", Map.of(), ""));
  }

  private static void assertUnknown(Answer answer) {
    assertEquals(404, answer.status());
    assertEquals("unknown_url", answer.code());
  }

  @ParameterizedTest
  @CsvSource({
    "https://abc.lambda-url.us-east-1.on.aws, abc.lambda-url.us-east-1.on.aws, 200",
    "http://127.0.0.1:8081,                   127.0.0.1:8081,                  200",
    "http://localhost:8081,                   localhost:8081,                  200",
    "http://[::1]:8081,                       '[::1]:8081',                    200",
    "https://app.example,                     abc.lambda-url.us-east-1.on.aws, 200",
    "http://abc.lambda-url.us-east-1.on.aws,  abc.lambda-url.us-east-1.on.aws, 403",
    "https://evil.example,                    abc.lambda-url.us-east-1.on.aws, 403",
    "http://127.0.0.1:8082,                   127.0.0.1:8081,                  403",
    "http://localhost.evil.example,           localhost.evil.example,          403",
    "http://127.0.0.1:8081.evil.example,      127.0.0.1:8081.evil.example,     403",
    "https://,                                '',                              403"
  })
  void itsOwnHostIsAnAllowedOrigin(String origin, String host, int status) {
    harness.playground().origins("https://app.example");
    assertEquals(status, models(origin, host).status());
  }

  @Test
  void itsOwnHostIsAllowedWhateverTheTenantSays() {
    harness.playground().tenant("{\"id\":\"acme\",\"allowed_origins\":[\"https://app.example\"]}");
    assertEquals(200, models("https://" + HOST, HOST).status());
    assertEquals(403, models("https://other.example", HOST).status());
  }

  @Test
  void withoutThePageItsHostIsNoOrigin() {
    harness.origins("https://app.example");
    assertEquals("origin_not_allowed", models("https://" + HOST, HOST).code());
  }

  @Test
  void atTheOtherDoorItsHostIsNoOrigin() {
    harness.playground().origins("https://app.example");
    var headers = headers("https://" + HOST, HOST);
    assertEquals(403, harness.call(ApiHandler.DOOR, "GET", "/v1/models", headers, "").status());
  }

  private String policy() {
    return page.headers().getOrDefault("content-security-policy", "");
  }

  private Answer models(String origin, String host) {
    return atStreamingDoor("GET", "/v1/models", headers(origin, host));
  }

  private static Map<String, String> headers(String origin, String host) {
    return Map.of("authorization", "Bearer key", "origin", origin, "host", host);
  }

  private Answer atStreamingDoor(String method, String path, Map<String, String> headers) {
    return harness.call(StreamHandler.DOOR, method, path, headers, "");
  }
}
