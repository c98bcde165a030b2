package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What our code answers is the same at both doors: status, headers, body. Only the page is at one.
 */
class TwoDoorsTest {
  private static final String CHAT = "/openai/v1/chat/completions";

  /** A door's own headers, and the framing of an answer. */
  private static final Set<String> DOORS_OWN =
      Set.of(
          "apigw-requestid",
          "x-amzn-requestid",
          "connection",
          "content-length",
          "date",
          "transfer-encoding");

  private static final Pattern REQUEST_ID = Pattern.compile("req_[a-z0-9]{24}");

  /** {@code 59s} and {@code 1m0s} are one form. */
  private static final Pattern DIGITS = Pattern.compile("([0-9]+m)?[0-9]+");

  private static ScriptedProvider provider;
  private static PackagedStack stack;

  /**
   * A request and the answer to it.
   *
   * @param code part of the answer's body
   * @param passing whether numbers in the answer depend on the time
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(
      String name,
      int status,
      String code,
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      boolean passing) {

    static Row of(int status, String code, String method, String path) {
      return new Row(
          method + " " + path, status, code, method, path, keyed("cg_open"), new byte[0], false);
    }

    static Row chat(String name, int status, String code, String body) {
      return of(status, code, "POST", CHAT)
          .named(name)
          .with("content-type", "application/json")
          .sending(body.getBytes(StandardCharsets.UTF_8));
    }

    /** The provider's answer is the model's. */
    static Row model(int status, String code, String model) {
      return chat(model, status, code, TwoDoorsTest.asking(model, ""));
    }

    Row named(String newName) {
      return new Row(newName, status, code, method, path, headers, body, passing);
    }

    Row with(String header, String value) {
      var more = new TreeMap<>(headers);
      more.put(header, value);
      return new Row(name, status, code, method, path, more, body, passing);
    }

    Row without(String header) {
      var fewer = new TreeMap<>(headers);
      fewer.remove(header);
      return new Row(name, status, code, method, path, fewer, body, passing);
    }

    Row key(String key) {
      return with("authorization", "Bearer " + key);
    }

    Row sending(byte[] newBody) {
      return new Row(name, status, code, method, path, headers, newBody, passing);
    }

    Row asTimePasses() {
      return new Row(name, status, code, method, path, headers, body, true);
    }

    @Override
    public String toString() {
      return status + " " + name;
    }
  }

  /** What of an answer must be the same. */
  private record Answer(int status, Map<String, List<String>> headers, String body) {}

  @BeforeAll
  static void start() {
    provider = new ScriptedProvider(TwoDoorsTest::answer);
    stack =
        PackagedStack.start(
            Map.of(
                "CHATGATE_INSTANCES", "1",
                "CHATGATE_ALLOWED_ORIGINS", "https://app.example,https://other.example",
                "CHATGATE_MAX_BODY_BYTES", "5000",
                "UPSTREAM_RETRIES", "0",
                "UPSTREAM_FIRST_BYTE_MS", "500",
                "UPSTREAM_BASE_URL", provider.url().toString()));
    tenant("open", "\"quota\":{\"max_tokens_per_request\":1000}");
    tenant("suspended", "\"status\":\"suspended\"");
    tenant("narrow", "\"models\":[\"plain\"],\"allowed_origins\":[\"https://other.example\"]");
    tenant("shut", "\"quota\":{\"tokens_per_day\":0}");
    tenant("small", "\"quota\":{\"tokens_per_minute\":10}");
    tenant("poor", "\"quota\":{\"cost_per_month_usd\":1}");
    tenant("limited", "\"quota\":{\"requests_per_minute\":1000,\"tokens_per_minute\":1000000}");
    for (String door : List.of("0", "1")) {
      tenant("minute" + door, "\"quota\":{\"requests_per_minute\":1}");
      tenant("day" + door, "\"quota\":{\"tokens_per_day\":1000}");
    }
  }

  @AfterAll
  static void stop() {
    stack.close();
    provider.close();
  }

  static List<Row> rows() {
    var rows = new ArrayList<>(reads());
    rows.addAll(refusedBeforeTheBody());
    rows.addAll(refusedForTheBody());
    rows.addAll(refusedByALimit());
    rows.addAll(answeredByTheProvider());
    return rows;
  }

  private static List<Row> reads() {
    return List.of(
        Row.of(200, "ok", "GET", "/health"),
        Row.of(200, "ok", "GET", "/openai/health/").without("authorization"),
        Row.of(200, "", "HEAD", "/health"),
        Row.of(200, "\"object\":\"list\"", "GET", "/openai/v1/models"),
        Row.of(200, "\"object\":\"list\"", "GET", "/v1//models/"),
        Row.of(200, "", "HEAD", "/v1/models"),
        Row.of(200, "\"id\":\"maker/one\"", "GET", "/v1/models/maker/one"),
        Row.of(200, "\"id\":\"maker/one\"", "GET", "/openai/v1/models/maker%2Fone"),
        Row.of(404, "model_not_found", "GET", "/v1/models/maker%2Ftwo"),
        Row.of(204, "", "OPTIONS", "/nowhere").without("authorization"),
        Row.of(204, "", "OPTIONS", CHAT)
            .without("authorization")
            .with("origin", "https://app.example")
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", "authorization, x-stainless-lang"),
        Row.of(204, "", "OPTIONS", CHAT).with("origin", "https://evil.example"));
  }

  private static List<Row> refusedBeforeTheBody() {
    Row good = Row.chat("good", 200, "Hi", asking("plain", ""));
    return List.of(
        Row.of(404, "unknown_url", "GET", "/v1/nothing"),
        Row.of(404, "unknown_url", "POST", "/v1"),
        Row.of(405, "method_not_allowed", "GET", CHAT),
        Row.of(405, "method_not_allowed", "DELETE", "/v1/models"),
        Row.chat("large", 413, "request_too_large", "x".repeat(5001)),
        Row.chat("no key", 401, "invalid_api_key", asking("plain", "")).without("authorization"),
        Row.chat("wrong key", 401, "invalid_api_key", asking("plain", "")).key("cg_wrong"),
        Row.chat("suspended", 403, "tenant_suspended", asking("plain", "")).key("cg_suspended"),
        Row.chat("origin", 403, "origin_not_allowed", asking("plain", ""))
            .with("origin", "https://evil.example"),
        Row.chat("tenant's origin", 403, "origin_not_allowed", asking("plain", ""))
            .key("cg_narrow")
            .with("origin", "https://app.example"),
        Row.chat("type", 415, "unsupported_media_type", asking("plain", ""))
            .with("content-type", "text/plain"),
        good.named("key in its spelling").with("authorization", "bearer   cg_open "),
        good.named("as base64").without("content-type"),
        good.named("from a browser").with("origin", "https://app.example"),
        good.named("with parameters").with("content-type", "application/json; charset=utf-8"));
  }

  private static List<Row> refusedForTheBody() {
    byte[] notUtf8 = asking("plain", "").getBytes(StandardCharsets.UTF_8);
    notUtf8[notUtf8.length - 4] = (byte) 0xC3;
    return List.of(
        Row.chat("empty", 400, "invalid_json", ""),
        Row.chat("half", 400, "invalid_json", "{\"model\":"),
        Row.chat("not UTF-8", 400, "invalid_json", "").sending(notUtf8),
        Row.chat("marked", 400, "invalid_json", "\uFEFF" + asking("plain", "")),
        Row.chat("no messages", 400, "\"param\":\"messages\"", "{\"model\":\"plain\"}"),
        Row.chat("type of a field", 400, "invalid_type", asking("plain", ",\"n\":\"1\"")),
        Row.chat("value of a field", 400, "invalid_value", asking("plain", ",\"top_p\":2")),
        Row.chat("twice", 400, "duplicate_key", asking("plain", ",\"model\":\"m\"")),
        Row.chat("too much", 400, "max_tokens_too_large", asking("plain", ",\"max_tokens\":1001")),
        Row.chat("model", 403, "model_not_allowed", asking("other", "")).key("cg_narrow"),
        Row.chat("price", 403, "model_not_allowed", asking("plain", "")).key("cg_poor"));
  }

  private static List<Row> refusedByALimit() {
    Row shut = Row.chat("never", 429, "no call is allowed", asking("plain", "")).key("cg_shut");
    return List.of(
        shut,
        Row.chat("too large a reserve", 400, "reserve_too_large", asking("plain", ""))
            .key("cg_small"),
        Row.chat("granted", 200, "Hi", asking("plain", "")).key("cg_limited").asTimePasses(),
        Row.chat("minute", 429, "rate_limit_exceeded", asking("plain", "")).key("cg_minute"),
        Row.chat("day", 429, "insufficient_quota", asking("plain", ",\"max_tokens\":500"))
            .key("cg_day"));
  }

  private static List<Row> answeredByTheProvider() {
    return List.of(
        Row.model(200, "Hi", "plain"),
        Row.chat("stream", 200, "data: [DONE]", asking("stream", ",\"stream\":true")),
        Row.chat("cut", 200, "upstream_incomplete", asking("cut", ",\"stream\":true")),
        Row.model(404, "the provider's own words", "passing"),
        Row.model(502, "upstream_invalid_response", "html"),
        Row.model(502, "upstream_invalid_response", "redirect"),
        Row.model(502, "upstream_auth", "unpaid"),
        Row.model(502, "upstream_error", "broken"),
        Row.model(502, "upstream_error", "reset"),
        Row.model(503, "upstream_overloaded", "overloaded"),
        Row.model(504, "upstream_timeout", "impatient"),
        Row.chat("silent", 504, "upstream_timeout", asking("silent", ",\"stream\":true")));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bothDoorsAnswerTheSame(Row row) throws Exception {
    Answer first = ask(row, 0);
    Answer second = ask(row, 1);
    assertEquals(row.status(), first.status(), first.body());
    assertTrue(first.body().contains(row.code()), first.body());
    assertEquals(first, second);
  }

  /** The page's path is the one difference: API Gateway does not serve the page. */
  @Test
  void onlyTheStreamingDoorServesThePage() throws Exception {
    Row get = Row.of(404, "unknown_url", "GET", "/").without("authorization");
    Row post = Row.of(404, "unknown_url", "POST", "/");
    for (Row row : List.of(get, post)) {
      var api = send(row, 0);
      assertEquals(404, api.statusCode());
      assertTrue(api.body().contains("unknown_url"), api.body());
    }
    assertTrue(send(get, 1).body().startsWith("<!doctype html>"));
    assertEquals(405, send(post, 1).statusCode());
  }

  /** Tenants with a limit that a first call uses up are the door's own. */
  private static Answer ask(Row row, int door) throws Exception {
    Row own = row;
    String key = row.headers().getOrDefault("authorization", "");
    if (key.endsWith("cg_minute") || key.endsWith("cg_day")) {
      own = row.with("authorization", key + door).asTimePasses();
      assertEquals(200, send(own, door).statusCode());
      stack.settled(key.substring(key.indexOf('_') + 1) + door);
    }
    return comparable(send(own, door), own.passing());
  }

  private static HttpResponse<String> send(Row row, int door)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(stack.doors().get(door) + row.path()))
            .timeout(PackagedStack.PATIENCE)
            .method(
                row.method(),
                row.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(row.body()));
    row.headers().forEach(request::header);
    return stack.http().send(request.build(), BodyHandlers.ofString());
  }

  private static Answer comparable(HttpResponse<String> answer, boolean passing) {
    String id = answer.headers().firstValue("x-request-id").orElse("");
    assertTrue(REQUEST_ID.matcher(id).matches(), id);
    var headers = new TreeMap<String, List<String>>();
    answer
        .headers()
        .map()
        .forEach((name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!DOORS_OWN.contains(lower)) {
            headers.put(lower, values.stream().map(value -> timeless(value, passing)).toList());
          }
        });
    headers.put("x-request-id", List.of());
    if (answer.statusCode() == 204) {
      // Each door adds a type of its own where the function named none.
      headers.remove("content-type");
    }
    return new Answer(answer.statusCode(), headers, timeless(answer.body(), passing));
  }

  private static String timeless(String text, boolean passing) {
    return passing ? DIGITS.matcher(text).replaceAll("#") : text;
  }

  private static Map<String, String> keyed(String key) {
    return Map.of("authorization", "Bearer " + key);
  }

  private static String asking(String model, String more) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]%s}"
        .formatted(model, more);
  }

  private static void tenant(String id, String more) {
    stack.tenant(
        "{\"id\":\"%1$s\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_%1$s\"}],%2$s}"
            .formatted(id, more));
  }

  /** Does what the model's name says. */
  private static void answer(Wire wire) throws IOException, InterruptedException {
    String request = wire.request().text();
    if (wire.request().head().startsWith("GET ")) {
      wire.json(
          200,
          "{\"object\":\"list\",\"data\":[{\"id\":\"maker/one\",\"object\":\"model\",\"created\":1,\"owned_by\":\"maker\"}]}");
      return;
    }
    String model = request.replaceFirst("(?s).*?\"model\":\"([a-z]+)\".*", "$1");
    switch (model) {
      case "stream" -> wire.stream(DELTA + FINISH + USAGE + "data: [DONE]\n\n");
      case "cut" -> wire.stream(DELTA);
      case "passing" -> wire.json(404, "{\"error\":{\"message\":\"the provider's own words\"}}");
      case "html" -> wire.answer(200, "text/html", "<html>");
      case "redirect" -> wire.answer(302, "text/html", "", "location: http://127.0.0.1:1/");
      case "unpaid" -> wire.json(402, "{\"error\":{\"message\":\"Pay.\"}}");
      case "broken" -> wire.json(500, "{}");
      case "reset" -> wire.reset();
      case "overloaded" -> wire.json(429, "{}", "retry-after: 7");
      case "impatient" -> wire.json(408, "{}");
      case "silent" -> wire.stall();
      default -> wire.json(200, PLAIN);
    }
  }

  private static final String PLAIN =
      """
      {"id":"1","object":"chat.completion","created":1,"model":"plain","choices":[{"index":0,\
      "message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":600,"completion_tokens":300,"total_tokens":900}}\
      """;
  private static final String DELTA =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
  private static final String FINISH =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  private static final String USAGE =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}\n\n";
}
