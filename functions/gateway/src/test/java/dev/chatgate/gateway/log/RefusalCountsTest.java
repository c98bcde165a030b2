package dev.chatgate.gateway.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.telemetry.EmfRules;
import dev.chatgate.tenant.Limit;
import dev.chatgate.time.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Log lines of refusals that are alike. */
class RefusalCountsTest {
  private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");
  private static final Duration WINDOW = RefusalCounts.WINDOW;
  private static final String CHAT = "/v1/chat/completions";
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final Map<String, String> KEY = Map.of("authorization", "Bearer key");
  private static final Map<String, String> WRONG = Map.of("authorization", "Bearer wrong");

  private final TestClock clock = new TestClock(START);
  private final GatewayHarness harness;
  private Optional<RequestPipeline> gateway = Optional.empty();

  RefusalCountsTest() throws IOException {
    harness = new GatewayHarness().logClock(clock);
  }

  @AfterEach
  void everyLineIsValid() {
    harness.log().lines().forEach(EmfRules::check);
    harness.close();
  }

  /** One gateway for all calls of a test: it is an instance. */
  private RequestPipeline instance() {
    if (gateway.isEmpty()) {
      gateway = Optional.of(harness.gateway());
    }
    return gateway.get();
  }

  private void call(GatewayRequest request) {
    instance().handle(request, new BufferedResponse());
  }

  private void call(String method, String path, Map<String, String> headers) {
    call(GatewayHarness.request(method, path, headers, BODY));
  }

  private void chat(Map<String, String> headers, int times) {
    for (int i = 0; i < times; i++) {
      call("POST", CHAT, headers);
    }
  }

  private static GatewayRequest from(String address, Door door, Map<String, String> headers) {
    var request = GatewayHarness.request(door, "POST", CHAT, headers, BODY);
    return new GatewayRequest(
        door,
        request.method(),
        request.path(),
        request.query(),
        request.headers(),
        request.body(),
        request.end(),
        Optional.of(address));
  }

  private List<JsonNode> lines(String kind) {
    var lines = new ArrayList<JsonNode>();
    harness.log().lines().map(EmfRules::read).forEach(lines::add);
    lines.removeIf(line -> !line.get("kind").asText().equals(kind));
    return lines;
  }

  private JsonNode theSummary() {
    var summaries = lines("refusals");
    assertEquals(1, summaries.size(), harness.log());
    return summaries.getFirst();
  }

  private Set<String> series(JsonNode line) {
    var names = new TreeSet<String>();
    EmfRules.check(line.toString())
        .forEach(series -> names.add(series.replace("\"FunctionName\"", "").replace("\"", "")));
    return names;
  }

  @Test
  void aSingleRefusalHasItsLineAndNothingIsAdded() {
    chat(WRONG, 1);
    var line = lines("call").getFirst();
    assertEquals("invalid_api_key", line.get("code").asText());
    assertTrue(line.has("request_id"));
    assertEquals(1, line.get("errors").asInt());
    clock.advance(WINDOW.multipliedBy(10));
    call("GET", "/health", Map.of());
    assertEquals(List.of(), lines("refusals"));
    assertEquals(2, lines("call").size());
  }

  @Test
  void theFirstTwoOfAKindHaveALineAndTheOthersOneTogether() {
    chat(WRONG, 1);
    clock.advance(Duration.ofSeconds(1));
    chat(WRONG, 1);
    clock.advance(Duration.ofSeconds(1));
    chat(WRONG, 97);
    clock.advance(Duration.ofSeconds(1));
    chat(WRONG, 1);
    assertEquals(2, lines("call").size());
    assertEquals(List.of(), lines("refusals"), "not before the window is over");

    clock.advance(WINDOW);
    call("GET", "/health", Map.of());
    var summary = theSummary();
    assertEquals("invalid_api_key", summary.get("code").asText());
    assertEquals(401, summary.get("status").asInt());
    assertEquals("api", summary.get("door").asText());
    assertEquals(98, summary.get("errors").asInt());
    assertEquals(98, summary.get("calls").asInt());
    assertEquals("2026-11-30T12:00:02Z", summary.get("first").asText());
    assertEquals("2026-11-30T12:00:03Z", summary.get("time").asText());
    for (var absent : List.of("tenant", "source_ip", "others", "limit", "request_id", "faults")) {
      assertFalse(summary.has(absent), absent);
    }
    assertEquals(Set.of("calls[]", "errors[,code]"), series(summary));
    assertEquals(START.plusSeconds(3).toEpochMilli(), summary.at("/_aws/Timestamp").asLong());
    var kinds = harness.log().lines().map(line -> EmfRules.read(line).get("kind").asText());
    assertEquals(List.of("call", "call", "refusals", "call"), kinds.toList(), "before the line");
  }

  @Test
  void theNextWindowBeginsWithTwoLinesAgain() {
    for (int window = 0; window < 3; window++) {
      chat(WRONG, 10);
      clock.advance(WINDOW);
    }
    call("GET", "/health", Map.of());
    assertEquals(7, lines("call").size());
    assertEquals(3, lines("refusals").size());
    lines("refusals").forEach(line -> assertEquals(8, line.get("errors").asInt()));
  }

  @Test
  void theWindowEndsAfterTenSecondsAndNotBefore() {
    chat(WRONG, 3);
    clock.advance(WINDOW.minusNanos(1));
    chat(WRONG, 1);
    assertEquals(List.of(), lines("refusals"));
    clock.advance(Duration.ofNanos(1));
    chat(WRONG, 1);
    assertEquals(2, theSummary().get("errors").asInt());
    assertEquals(3, lines("call").size());
  }

  @Test
  void aClockThatWasSetBackEndsTheWindow() {
    chat(WRONG, 5);
    clock.set(START.minus(Duration.ofDays(1)));
    chat(WRONG, 1);
    assertEquals(3, theSummary().get("errors").asInt());
  }

  @Test
  void theKeepWarmEventAndDefectsAlsoBringTheLine() {
    chat(WRONG, 5);
    clock.advance(WINDOW);
    instance().answerKeepWarm(new BufferedResponse());
    assertEquals(3, theSummary().get("errors").asInt());
  }

  @Test
  void refusalsAreToldApartByCodeDoorTenantAndLimit() {
    chat(WRONG, 4);
    for (int i = 0; i < 4; i++) {
      call(GatewayHarness.request(StreamHandler.DOOR, "POST", CHAT, WRONG, BODY));
      call("GET", "/nowhere", KEY);
      call("PUT", CHAT, KEY);
    }
    harness.tenant("{\"id\":\"acme\",\"status\":\"suspended\"}");
    chat(KEY, 4);
    harness.tenant("{\"id\":\"beta\",\"status\":\"suspended\"}");
    chat(KEY, 4);
    clock.advance(WINDOW);
    call("GET", "/health", Map.of());

    var found = new TreeMap<String, Integer>();
    lines("refusals")
        .forEach(line ->
            found.put(
                line.get("code").asText()
                    + " "
                    + line.get("door").asText()
                    + " "
                    + line.path("tenant").asText(),
                line.get("errors").asInt()));
    assertEquals(
        new TreeMap<>(
            Map.of(
                "invalid_api_key api ", 2,
                "invalid_api_key stream ", 2,
                "unknown_url api ", 2,
                "method_not_allowed api ", 2,
                "tenant_suspended api acme", 2,
                "tenant_suspended api beta", 2)),
        found);
    var calls = new TreeMap<String, Integer>();
    lines("refusals")
        .forEach(line ->
            calls.merge(line.get("code").asText(), line.path("calls").asInt(), Integer::sum));
    assertEquals(
        new TreeMap<>(
            Map.of(
                "invalid_api_key", 4,
                "unknown_url", 0,
                "method_not_allowed", 0,
                "tenant_suspended", 4)),
        calls,
        "chat calls, as their own lines would count them");
  }

  private static Admission refused(Limit limit) {
    return new Admission.Refused(
        new Refusal(
            limit,
            Refusal.Kind.WAIT,
            1,
            1,
            1,
            0,
            Optional.of(Duration.ofSeconds(1)),
            Optional.empty(),
            OptionalLong.empty()),
        RateLimits.NONE,
        1);
  }

  @Test
  void refusalsByALimitCountInTheMetricsOfTheLimitAndTheTenant() {
    harness.ledger.answerWith(refused(Limits.REQUESTS_PER_MINUTE));
    chat(KEY, 12);
    harness.ledger.answerWith(refused(Limits.TOKENS_PER_MINUTE));
    chat(KEY, 5);
    clock.advance(WINDOW);
    call("GET", "/health", Map.of());
    var summaries = lines("refusals");
    assertEquals(2, summaries.size(), harness.log());
    var first = summaries.getFirst();
    assertEquals("requests_per_minute", first.get("limit").asText());
    assertEquals("tenant", first.get("limit_scope").asText());
    assertEquals("acme", first.get("tenant").asText());
    assertEquals(10, first.get("refusals").asInt());
    assertEquals(10, first.get("errors").asInt());
    assertEquals(10, first.get("calls").asInt());
    assertEquals(
        Set.of("calls[]", "calls[,tenant]", "errors[,code]", "refusals[,limit]"), series(first));
    assertEquals("tokens_per_minute", summaries.getLast().get("limit").asText());
    assertEquals(3, summaries.getLast().get("refusals").asInt());
  }

  /** What a metric adds up to must not depend on which lines are written. */
  @Test
  void metricsCountEveryRefusal() {
    for (int second = 0; second < 35; second++) {
      chat(WRONG, 20);
      call("GET", "/nowhere", Map.of());
      clock.advance(Duration.ofSeconds(1));
    }
    clock.advance(WINDOW);
    call("GET", "/health", Map.of());
    var errors = new TreeMap<String, Integer>();
    int calls = 0;
    for (var line : harness.log().lines().map(EmfRules::read).toList()) {
      if (line.has("errors")) {
        errors.merge(line.get("code").asText(), line.get("errors").asInt(), Integer::sum);
      }
      calls += line.path("calls").asInt();
    }
    assertEquals(new TreeMap<>(Map.of("invalid_api_key", 700, "unknown_url", 35)), errors);
    assertEquals(700, calls);
  }

  @Test
  void callsThatReservedAlwaysHaveTheirLine() {
    chat(KEY, 5);
    harness.provider(call -> GatewayHarness.reply(call, 400, "{\"error\":{\"message\":\"no\"}}"));
    chat(KEY, 5);
    harness.provider(call -> GatewayHarness.reply(call, 500, "{}"));
    chat(KEY, 5);
    assertEquals(15, lines("call").size());
    assertEquals(15, harness.ledger.settled().size());
    clock.advance(WINDOW);
    call("GET", "/health", Map.of());
    assertEquals(List.of(), lines("refusals"));
  }

  @Test
  void failuresAlwaysHaveTheirLine() {
    harness.tenants.away = true;
    chat(KEY, 5);
    harness.tenants.away = false;
    harness.ledger.answerWith(
        new Admission.Unavailable(new StoreUnavailableException("away", new IOException()), 1));
    chat(KEY, 5);
    harness.ledger.throwAtAdmission(new IllegalStateException("hi"));
    chat(KEY, 5);
    assertEquals(15, lines("call").size());
    assertEquals(5, lines("defect").size());
    clock.advance(WINDOW);
    call("GET", "/health", Map.of());
    assertEquals(List.of(), lines("refusals"));
  }

  @Test
  void answersThatAreNoRefusalHaveTheirLine() {
    for (int i = 0; i < 5; i++) {
      call("GET", "/health", Map.of());
      call("OPTIONS", CHAT, Map.of());
    }
    assertEquals(10, lines("call").size());
  }

  @Test
  void withAddressesEachCallerIsAKindUntilThereAreTooMany() {
    var _ = harness.addresses();
    for (int caller = 0; caller < RefusalCounts.MAX_KINDS + 30; caller++) {
      for (int i = 0; i < 4; i++) {
        call(from("203.0.113." + caller, ApiHandler.DOOR, WRONG));
      }
    }
    clock.advance(WINDOW);
    call("GET", "/health", Map.of());
    var summaries = lines("refusals");
    assertEquals(RefusalCounts.MAX_KINDS + 1, summaries.size());
    var first = summaries.getFirst();
    assertEquals("203.0.113.0", first.get("source_ip").asText());
    assertEquals(2, first.get("errors").asInt());
    assertFalse(first.has("others"));
    var others = summaries.getLast();
    assertTrue(others.get("others").asBoolean());
    assertFalse(others.has("source_ip"));
    assertEquals("invalid_api_key", others.get("code").asText(), "an alarm counts this code");
    assertEquals(30 * 4 - RefusalCounts.OWN_LINES, others.get("errors").asInt());
    // Two for each kind, two for all others, and the last call.
    assertEquals(2 * RefusalCounts.MAX_KINDS + 2 + 1, lines("call").size());
  }

  /**
   * The worst that requests without a credential can do: every code that they can cause, from ever
   * new addresses.
   */
  @Test
  void aFloodWithoutACredentialWritesAtMostTenLinesASecond() {
    var _ = harness.addresses().edge("e".repeat(64)).maxBodyBytes(200);
    var edge = Map.of("x-chatgate-edge", "e".repeat(64));
    var requests =
        List.of(
            GatewayHarness.request("POST", CHAT, Map.of(), BODY),
            GatewayHarness.request("POST", CHAT, edge, BODY),
            GatewayHarness.request("PUT", CHAT, edge, BODY),
            GatewayHarness.request("GET", "/nowhere", edge, ""),
            GatewayHarness.request("POST", CHAT, edge, "x".repeat(300)));
    var linesAt = new ArrayList<Instant>();
    int sent = 0;
    int seconds = 40;
    int before = 0;
    for (int tenth = 0; tenth < seconds * 10; tenth++) {
      for (int i = 0; i < 25; i++) {
        var request = requests.get(i % requests.size());
        call(
            new GatewayRequest(
                request.door(),
                request.method(),
                request.path(),
                "",
                request.headers(),
                request.body(),
                request.end(),
                Optional.of("2001:db8::%x:%x".formatted(tenth / 10, i))));
        sent++;
      }
      int now = (int) harness.log().lines().count();
      for (; before < now; before++) {
        linesAt.add(clock.instant());
      }
      clock.advance(Duration.ofMillis(100));
    }
    for (var start : linesAt) {
      long within =
          linesAt.stream()
              .filter(at -> !at.isBefore(start) && at.isBefore(start.plus(WINDOW)))
              .count();
      assertTrue(within <= 10 * WINDOW.toSeconds(), within + " lines from " + start);
    }
    clock.advance(WINDOW);
    call(GatewayHarness.request("GET", "/health", edge, ""));
    int counted =
        harness
            .log()
            .lines()
            .map(EmfRules::read)
            .mapToInt(line -> line.path("errors").asInt())
            .sum();
    assertEquals(sent, counted);
  }

  /** The number in the cost computation of the operator's guide: at most 5 bytes. */
  @Test
  void inAFloodALineCostsFewBytesForEachRefusal() {
    // 13 ms for each call, one after the other.
    int calls = 7_700;
    for (int i = 0; i < calls; i++) {
      chat(WRONG, 1);
      clock.advance(Duration.ofMillis(13));
    }
    double each = harness.logged.size() / (double) calls;
    assertTrue(each <= 5, each + " bytes");
  }

  @Test
  void noAddressIsLoggedUnlessThatIsWanted() {
    for (int i = 0; i < 5; i++) {
      call(from("203.0.113.7", ApiHandler.DOOR, WRONG));
    }
    clock.advance(WINDOW);
    call(from("203.0.113.7", ApiHandler.DOOR, KEY));
    assertFalse(harness.log().contains("203.0.113.7"), harness.log());
    assertFalse(harness.log().contains("source_ip"), harness.log());
  }

  @Test
  void theCallersAddressIsAFieldAndNoMetric() {
    var _ = harness.addresses();
    for (var door : List.of(ApiHandler.DOOR, StreamHandler.DOOR)) {
      for (var address : List.of("203.0.113.7", "2001:DB8::1", "::ffff:203.0.113.7")) {
        harness.logged.reset();
        call(from(address, door, KEY));
        var line = lines("call").getFirst();
        assertEquals(address, line.get("source_ip").asText());
        assertTrue(series(line).stream().noneMatch(name -> name.contains("source")));
      }
    }
    assertTrue(
        harness.ledger.settled().stream().noneMatch(record -> record.toString().contains("203.0")),
        "in no record");
  }

  @Test
  void whatIsNoAddressIsNotLogged() {
    var _ = harness.addresses();
    for (var text :
        List.of("", "evil", "203.0.113.7 ", "1.2.3.4\n", "1".repeat(46), "\u0661.\u0661", "a,b")) {
      call(from(text, ApiHandler.DOOR, KEY));
    }
    assertFalse(harness.log().contains("source_ip"), harness.log());
    assertEquals(7, lines("call").size());
  }
}
