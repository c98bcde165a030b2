package dev.chatgate.gateway.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.telemetry.EmfRules;
import dev.chatgate.tenant.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the log says of calls, and what it must never say. */
class CallLogTest {
  private static final String MARK = "M4RK";
  private static final int MAX_BYTES = 1900;

  private static final Map<String, String> HEADERS =
      Map.ofEntries(
          Map.entry("authorization", "Bearer " + MARK + "-key"),
          Map.entry("api-key", MARK),
          Map.entry("x-api-key", MARK),
          Map.entry("cookie", MARK),
          Map.entry("x-chatgate-edge", MARK),
          Map.entry("openai-organization", MARK),
          Map.entry("x-request-id", "mine \u00e9\"<1>"),
          Map.entry("x-stainless-lang", "python"),
          Map.entry("x-stainless-package-version", "3.54.0"),
          Map.entry("x-stainless-retry-count", "2"),
          Map.entry("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  private static final String BODY =
      """
      {"model":"m","messages":[{"role":"system","content":"M4RK"},{"role":"user","name":"M4RK","content":"M4RK"}],
       "tools":[{"type":"function","function":{"name":"M4RK"}}],"user":"M4RK","max_tokens":10}\
      """;
  private static final String STREAM =
      BODY.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
  private static final String EVENTS =
      """
      data: {"choices":[{"index":0,"delta":{"content":"M4RK"}}]}

      data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}}}

      data: [DONE]

      """;

  private final GatewayHarness harness;

  CallLogTest() throws IOException {
    harness = new GatewayHarness();
    harness.tenant("{\"id\":\"acme\"}");
    harness.tenants.keys.put(
        KeyHash.of(MARK + "-key"), harness.tenants.keys.get(KeyHash.of("key")));
  }

  @AfterEach
  void noLineSaysWhatItMustNot() {
    assertFalse(harness.log().contains(MARK), harness.log());
    assertFalse(harness.log().contains("sk-provider-secret"), harness.log());
    harness.log().lines().forEach(EmfRules::check);
    harness.close();
  }

  @Test
  void aCallsLineSaysWhoWhatHowMuchAndHowFast() {
    stream(EVENTS);
    chat(STREAM);
    var line = theLine();
    assertEquals(
        "{acme, ci, m, 200, openai-python/3.54.0, 2, mine\"<1>, chat, chat, api, POST}",
        texts(
            line,
            "tenant",
            "key",
            "gen_ai.request.model",
            "status",
            "client",
            "client_retries",
            "client_request_id",
            "route",
            "gen_ai.operation.name",
            "door",
            "method"));
    assertEquals(
        "{3, 2, 1, [\"stop\"], true, applied}",
        texts(
            line,
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.output_tokens",
            "gen_ai.response.finish_reasons",
            "gen_ai.request.stream",
            "settlement"));
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", line.get("trace_id").asText());
    for (var field :
        List.of(
            "request_id",
            "time",
            "span_id",
            "duration_ms",
            "admission_ms",
            "provider_ms",
            "gen_ai.response.time_to_first_chunk")) {
      assertTrue(line.has(field), field + " in " + line);
    }
    assertFalse(line.has("code"), line.toString());
  }

  @Test
  void theProviderGetsTheClientsTraceWithTheSpanOfTheLine() {
    var headers = new HashMap<>(HEADERS);
    headers.put("tracestate", "a=1");
    assertEquals("a=1", traceAtProvider(headers, "tracestate"));
    var parent = traceAtProvider(headers, "traceparent");
    assertEquals(
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + theLine().get("span_id").asText() + "-01", parent);
  }

  @Test
  void withoutAValidTraceTheProviderGetsOneOfOurs() {
    var headers = new HashMap<>(HEADERS);
    headers.put("traceparent", "00-0-0-00");
    headers.put("tracestate", "a=1");
    assertEquals("none", traceAtProvider(headers, "tracestate"));
    assertTrue(traceAtProvider(headers, "traceparent").matches("00-[0-9a-f]{32}-[0-9a-f]{16}-02"));
  }

  /** Makes the call and says what of a header arrived; the log is of this call alone. */
  private String traceAtProvider(Map<String, String> headers, String name) {
    harness.logged.reset();
    var seen = new ArrayList<String>();
    harness.provider(call -> {
      seen.add(call.getRequestHeaders().getOrDefault(name, List.of("none")).getFirst());
      GatewayHarness.reply(call, 200, GatewayHarness.PLAIN_ANSWER);
    });
    harness.call("POST", "/v1/chat/completions", headers, BODY);
    return seen.getFirst();
  }

  @Test
  void aLineIsShort() {
    stream(EVENTS);
    chat(STREAM);
    assertTrue(harness.log().length() < MAX_BYTES, harness.log().length() + " bytes");
  }

  @Test
  void aCallsMetricsAreThoseOfItsOutcome() {
    stream(EVENTS);
    chat(STREAM);
    assertEquals(
        new TreeSet<>(
            Set.of(
                "calls",
                "faults",
                "duration_ms",
                "gen_ai.usage.input_tokens",
                "gen_ai.usage.cache_read.input_tokens",
                "gen_ai.usage.output_tokens",
                "gen_ai.response.time_to_first_chunk",
                "calls by tenant",
                "gen_ai.usage.input_tokens by tenant",
                "gen_ai.usage.output_tokens by tenant")),
        metrics());
    assertEquals(0, theLine().get("faults").asInt());
  }

  @Test
  void aPlainAnswerHasNoTimeToItsFirstChunk() {
    chat(BODY);
    assertFalse(harness.log().contains("time_to_first_chunk"), harness.log());
  }

  @Test
  void aCutStreamIsAFaultOfTheProvider() {
    stream(EVENTS.substring(0, EVENTS.indexOf("\n\n") + 2));
    chat(STREAM);
    assertEquals(
        "{200, upstream_incomplete, true, 1, 1, 1}",
        texts(theLine(), "status", "code", "cut", "faults", "estimated", "provider_failures"));
    assertTrue(metrics().contains("errors by code"));
  }

  @Test
  void aRefusalNamesItsLimit() {
    harness.ledger.answerWith(
        new Admission.Refused(
            new Refusal(
                Limits.TOKENS_PER_DAY,
                Refusal.Kind.SPENT,
                1,
                1,
                1,
                0,
                Optional.of(Duration.ofSeconds(1)),
                Optional.empty(),
                OptionalLong.empty()),
            RateLimits.NONE,
            1));
    chat(BODY);
    assertEquals(
        "{tokens_per_day, insufficient_quota, 0}", texts(theLine(), "limit", "code", "faults"));
    assertTrue(metrics().containsAll(Set.of("refusals by limit", "errors by code", "calls")));
    assertFalse(metrics().contains("gen_ai.usage.input_tokens"));
  }

  @Test
  void theProvidersFailuresAreCounted() {
    harness.provider(call -> GatewayHarness.reply(call, 500, "{\"error\":{\"message\":\"M4RK\"}}"));
    chat(BODY);
    assertEquals(
        "{502, upstream_error, 1, 1}",
        texts(theLine(), "status", "code", "faults", "provider_failures"));
  }

  @Test
  void theProvidersRefusalOfTheTenantsRequestIsNoFault() {
    harness.provider(call -> GatewayHarness.reply(call, 400, "{\"error\":{\"message\":\"M4RK\"}}"));
    chat(BODY);
    assertEquals("{400, provider_refused, 0}", texts(theLine(), "status", "code", "faults"));
  }

  @Test
  void nothingOfWhatWasSentIsLoggedWhateverGoesWrong() {
    chat("{\"model\":7,\"M4RK\":\"M4RK\"");
    chat(BODY.replace("\"max_tokens\":10", "\"max_tokens\":\"M4RK\""));
    harness.call("POST", "/v1/chat/completions", Map.of("authorization", "Bearer M4RK"), BODY);
    harness.call("GET", "/M4RK", HEADERS, "");
    harness.call("GET", "/v1/models/M4RK", HEADERS, "");
    harness.call("OPTIONS", "/M4RK", HEADERS, "");
    harness.provider(call -> GatewayHarness.reply(call, 200, "<html>M4RK"));
    chat(BODY);
    stream("data: M4RK\n\n");
    chat(STREAM);
    harness.provider(call -> GatewayHarness.reply(call, 401, "{\"error\":{\"message\":\"M4RK\"}}"));
    chat(BODY);
    harness.ledger.answerWith(
        new Admission.Unavailable(
            new StoreUnavailableException("M4RK", new IOException("M4RK")), 1));
    chat(BODY);
    harness.ledger.throwAtAdmission(new IllegalStateException("M4RK"));
    chat(BODY);
    assertEquals(11, lines("call").size());
    assertEquals(1, lines("defect").size());
  }

  @Test
  void whatAProviderCallsAReasonMayBeAnything() {
    stream(EVENTS.replace("\"finish_reason\":\"stop\"", "\"finish_reason\":\"Once upon a M4RK\""));
    chat(STREAM);
    assertEquals("{[\"other\"]}", texts(theLine(), "gen_ai.response.finish_reasons"));
  }

  @Test
  void aUserAgentIsCutToItsFirstWord() {
    var headers = new HashMap<>(HEADERS);
    headers.remove("x-stainless-lang");
    headers.put("user-agent", "ai-sdk/openai-compatible/3.0.1 runtime/node M4RK");
    headers.put("x-stainless-retry-count", "M4RK");
    harness.call("POST", "/v1/chat/completions", headers, BODY.replace("M4RK", "x"));
    assertEquals("{ai-sdk/openai-compatible/3.0.1}", texts(theLine(), "client"));
    assertFalse(theLine().has("client_retries"));
  }

  @Test
  void otherCallsHaveNoMetricsUnlessTheyFail() {
    harness.call("GET", "/health", Map.of(), "");
    assertEquals(Set.of(), metrics());
    assertEquals("{health, 200}", texts(theLine(), "route", "status"));
  }

  private GatewayHarness.Answer chat(String body) {
    return harness.call("POST", "/v1/chat/completions", HEADERS, body);
  }

  private void stream(String events) {
    harness.provider(call -> {
      call.getResponseHeaders().add("content-type", "text/event-stream");
      call.sendResponseHeaders(200, 0);
      call.getResponseBody().write(events.getBytes(StandardCharsets.UTF_8));
    });
  }

  private List<JsonNode> lines(String kind) {
    var lines = new ArrayList<JsonNode>();
    harness.log().lines().map(EmfRules::read).forEach(lines::add);
    lines.removeIf(line -> !line.get("kind").asText().equals(kind));
    return lines;
  }

  private JsonNode theLine() {
    assertEquals(1, harness.log().lines().count(), harness.log());
    return lines("call").getFirst();
  }

  /** The series of the one line, without the function's name. */
  private Set<String> metrics() {
    theLine();
    var names = new TreeSet<String>();
    EmfRules.check(harness.log())
        .forEach(series ->
            names.add(
                series
                    .replace("[\"FunctionName\"]", "")
                    .replaceFirst("\\[\"FunctionName\",\"(\\w+)\"]", " by $1")));
    return names;
  }

  private static String texts(JsonNode line, String... fields) {
    var texts = new ArrayList<String>();
    for (var field : fields) {
      var value = line.path(field);
      texts.add(value.isArray() ? value.toString() : value.asText());
    }
    return "{" + String.join(", ", texts) + "}";
  }
}
