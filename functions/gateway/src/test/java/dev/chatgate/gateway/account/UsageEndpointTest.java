package dev.chatgate.gateway.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.RequestId;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.exchange.Exchange;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UsageEndpointTest {
  private static final Map<String, String> KEY = Map.of("authorization", "Bearer key");
  private static final String NOTHING = "{\"object\":\"list\",\"data\":[],\"limits\":[]}";

  private final TestClock clock = new TestClock(Instant.parse("2026-11-22T23:59:00Z"));
  private final Random random = new Random(1);
  private final MemoryQuotaTable table = new MemoryQuotaTable();
  private final MemoryUsageRecords records = new MemoryUsageRecords();
  private final MemoryDayRows rows = new MemoryDayRows();
  private final QuotaLedger ledger =
      new QuotaLedger(table, records, clock, random, clock, LedgerListener.NONE);
  private final Tenant tenant =
      TenantJson.readOne(
              "{\"id\":\"acme\",\"quota\":{\"requests_per_minute\":60,\"tokens_per_minute\":60000,"
                  + "\"tokens_per_day\":1000,\"tokens_per_month\":5000,\"cost_per_month_usd\":0.01,"
                  + "\"max_concurrent_requests\":5,\"max_tokens_per_request\":900}}")
          .tenant();

  private final Caller caller =
      Caller.of(new Credential(tenant, Optional.empty(), "ci", 0, Optional.empty(), Scope.DEFAULT));

  private Reservation granted(String model, long tokens) {
    var claim =
        Calls.claim(
            random, tenant.id(), tenant.quota(), model, tokens, clock.instant().plusSeconds(9));
    return assertInstanceOf(Granted.class, ledger.admit(claim)).reservation();
  }

  private void called(String model, long tokens) {
    ledger.settle(
        granted(model, 500), Calls.used(tokens), Calls.FACTS, clock.instant().plusSeconds(9));
  }

  private String usage(String query) {
    var answer = answer(query);
    assertEquals(200, answer.status());
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private BufferedResponse answer(String query) {
    return answer(query, caller);
  }

  private BufferedResponse answer(String query, Caller who) {
    var call =
        new GatewayRequest(
            StreamHandler.DOOR,
            "GET",
            "/v1/usage",
            query,
            Map.of(),
            new GatewayRequest.Body.Bytes(new byte[0]),
            Instant.MAX);
    var id = RequestId.fresh(random);
    var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    var answer = new BufferedResponse();
    var log = new CallLog(out, clock, new MetricSource("f", false));
    var exchange = new Exchange(call, id, answer, log.begin(id, call));
    new UsageEndpoint(new UsageReader(table, rows, clock), clock).show(exchange, who);
    return answer;
  }

  private static String data(String answer) {
    return answer.substring(answer.indexOf("\"data\":"), answer.indexOf(",\"limits\":"));
  }

  /** Records calls of two days and two models. The first day is closed; one call is in flight. */
  private void history() {
    called("m", 100);
    called("other/model", 40);
    clock.advance(Duration.ofMinutes(2));
    called("m", 7);
    new Reconciler(table, records, rows, clock, random, clock).run(clock.instant().plusSeconds(9));
    clock.advance(Duration.ofSeconds(30));
    granted("m", 300);
  }

  @Test
  void theAnswerHasTheDocumentedForm() {
    history();
    assertEquals(
        "{\"object\":\"list\",\"data\":["
            + "{\"day\":\"2026-11-22\",\"requests\":2,\"prompt_tokens\":70,\"cached_tokens\":0,"
            + "\"completion_tokens\":70,\"total_tokens\":140,\"cost_micro_usd\":140,"
            + "\"estimated_requests\":0},"
            + "{\"day\":\"2026-11-23\",\"requests\":1,\"prompt_tokens\":3,\"cached_tokens\":0,"
            + "\"completion_tokens\":4,\"total_tokens\":7,\"cost_micro_usd\":7,"
            + "\"estimated_requests\":0}],\"limits\":["
            + "{\"name\":\"requests_per_minute\",\"limit\":60,\"settled\":1,\"in_flight\":0,"
            + "\"remaining\":59,\"resets_at\":\"2026-11-23T00:01:31Z\"},"
            + "{\"name\":\"tokens_per_minute\",\"limit\":60000,\"settled\":0,\"in_flight\":300,"
            + "\"remaining\":59700,\"resets_at\":\"2026-11-23T00:01:30.300Z\"},"
            + "{\"name\":\"tokens_per_day\",\"limit\":1000,\"settled\":7,\"in_flight\":300,"
            + "\"remaining\":693,\"resets_at\":\"2026-11-24T00:00:00Z\"},"
            + "{\"name\":\"tokens_per_month\",\"limit\":5000,\"settled\":147,\"in_flight\":300,"
            + "\"remaining\":4553,\"resets_at\":\"2026-12-01T00:00:00Z\"},"
            + "{\"name\":\"cost_per_month_usd\",\"limit\":10000,\"settled\":147,"
            + "\"in_flight\":300,\"remaining\":9553,\"resets_at\":\"2026-12-01T00:00:00Z\"},"
            + "{\"name\":\"max_concurrent_requests\",\"limit\":5,\"settled\":0,\"in_flight\":1,"
            + "\"remaining\":4,\"resets_at\":null}]}",
        usage(""));
  }

  @Test
  void groupsByModelWithinTheRange() {
    history();
    assertEquals(
        "\"data\":[{\"model\":\"m\",\"requests\":2,\"prompt_tokens\":53,\"cached_tokens\":0,"
            + "\"completion_tokens\":54,\"total_tokens\":107,\"cost_micro_usd\":107,"
            + "\"estimated_requests\":0},{\"model\":\"other/model\",\"requests\":1,"
            + "\"prompt_tokens\":20,\"cached_tokens\":0,\"completion_tokens\":20,"
            + "\"total_tokens\":40,\"cost_micro_usd\":40,\"estimated_requests\":0}]",
        data(usage("group_by=model")));
    assertTrue(data(usage("from=2026-11-23")).contains("\"total_tokens\":7,"));
    assertEquals("\"data\":[]", data(usage("from=2026-11-01&to=2026-11-21")));
  }

  @Test
  void aPersonGetsNothingOfTheTenantsAndTheStoreIsNotRead() throws IOException {
    history();
    var person = answer("group_by=model", caller.withEndUser(new EndUser("ann")));
    assertEquals(200, person.status());
    assertEquals(NOTHING, new String(person.body(), StandardCharsets.UTF_8));
    assertEquals(400, answer("from=soon", caller.withEndUser(new EndUser("ann"))).status());
    try (var harness = new GatewayHarness()) {
      harness.quota = new Away();
      harness.scopes(Scope.USAGE, Scope.END_USER_HEADER);
      var headers = Map.of("authorization", "Bearer key", "x-chatgate-end-user", "ann");
      assertEquals(NOTHING, harness.call("GET", "/v1/usage", headers, "").body());
    }
  }

  @Test
  void aPersonSeesTheLimitsOfTheirTierAndNoUsage() {
    var ann = new EndUser("ann");
    var pro = new EndUserTier("pro", new Quota(Map.of(Limits.TOKENS_PER_DAY, 700L)));
    var tiered =
        tenant.withEndUserTiers(
            List.of(
                new EndUserTier(
                    EndUserTier.DEFAULT,
                    new Quota(Map.of(Limits.REQUESTS_PER_MINUTE, 6L, Limits.TOKENS_PER_DAY, 500L))),
                pro));
    var person =
        Caller.of(
                new Credential(tiered, Optional.empty(), "ci", 0, Optional.empty(), Scope.DEFAULT))
            .withEndUser(ann);
    var claim =
        new Claim(
            RequestId.fresh(random),
            person,
            "m",
            10,
            90,
            Optional.empty(),
            Duration.ofSeconds(30),
            clock.instant().plusSeconds(9));
    ledger.settle(
        assertInstanceOf(Granted.class, ledger.admit(claim)).reservation(),
        Calls.used(60),
        Calls.FACTS,
        clock.instant().plusSeconds(9));
    var limit =
        "{\"name\":\"%s\",\"limit\":%d,\"settled\":%d,\"in_flight\":0,\"remaining\":%d,\"resets_at\":\"%s\"}";
    var requests = limit.formatted("requests_per_minute", 6, 1, 5, "2026-11-22T23:59:10Z");
    var day = "2026-11-23T00:00:00Z";
    assertEquals(
        NOTHING.replace(
            "\"limits\":[",
            "\"limits\":[" + requests + "," + limit.formatted("tokens_per_day", 500, 60, 440, day)),
        text(answer("", person)));
    assertEquals(
        NOTHING.replace(
            "\"limits\":[", "\"limits\":[" + limit.formatted("tokens_per_day", 700, 60, 640, day)),
        text(answer("", person.withCredentialTier(Optional.of("pro")))));
    var other = text(answer("", person.withEndUser(new EndUser("bob"))));
    assertTrue(other.contains("\"settled\":0"), other);
    assertFalse(other.contains("\"settled\":60"), other);
    var _ =
        EndUserWrite.write(
                table,
                QuotaKey.of(tiered.id(), ann),
                EndUserWrite.tier(Optional.of("pro"), clock.instant()))
            .orElseThrow();
    assertTrue(text(answer("", person)).contains("\"limit\":700"), "the operator's tier");
  }

  private static String text(BufferedResponse answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void callsOfUnknownModelsAreOneEntry() {
    for (int call = 0; call < 3; call++) {
      var claim =
          Calls.claim(
              random,
              tenant.id(),
              tenant.quota(),
              "no-such-model-" + call,
              10,
              clock.instant().plusSeconds(9));
      var granted = assertInstanceOf(Granted.class, ledger.admit(Calls.unpriced(claim)));
      ledger.settle(
          granted.reservation(),
          new Consumption.Nothing(),
          Calls.refused(404),
          clock.instant().plusSeconds(9));
    }
    var data = data(usage("group_by=model"));
    assertTrue(data.startsWith("\"data\":[{\"model\":\"(other)\",\"requests\":3,"), data);
    assertEquals(data.indexOf("model"), data.lastIndexOf("model"), "one line");
  }

  @Test
  void anAnswerThatIsTooLargeForTheDoorIsAnError() {
    var day = LocalDate.of(2026, 11, 20);
    for (int model = 0; model < 25_000; model++) {
      var name = "model-%05d-".formatted(model) + "x".repeat(180);
      rows.putIfAbsent(new DayRow(tenant.id(), 0, day, name, 0, new UsageTotals(1, 2, 0, 3, 4, 0)));
    }
    var byModel = answer("group_by=model");
    assertEquals(502, byModel.status());
    var body = new String(byModel.body(), StandardCharsets.UTF_8);
    assertTrue(body.contains("\"code\":\"response_too_large\""), body);
    assertTrue(usage("group_by=day").contains("\"requests\":25000,"));
  }

  @Test
  void usageNeedsAKeyAndHasTwoPaths() throws IOException {
    try (var harness = new GatewayHarness()) {
      assertEquals(401, harness.call("GET", "/v1/usage", Map.of(), "").status());
      assertEquals(NOTHING, harness.call("GET", "/v1/usage", KEY, "").body());
      assertEquals(NOTHING, harness.call("GET", "/openai/v1/usage/", KEY, "").body());
      var head = harness.call("HEAD", "/v1/usage", KEY, "");
      assertEquals(200, head.status());
      assertEquals("", head.body());
      assertEquals("GET, HEAD", harness.call("POST", "/v1/usage", KEY, "").header("allow"));
    }
  }

  @Test
  void aBadQueryIsRefused() throws IOException {
    try (var harness = new GatewayHarness()) {
      var response = new BufferedResponse();
      var call =
          new GatewayRequest(
              ApiHandler.DOOR,
              "GET",
              "/v1/usage",
              "from=soon",
              KEY,
              new GatewayRequest.Body.Bytes(new byte[0]),
              Instant.now().plusSeconds(20));
      harness.gateway().handle(call, response);
      assertEquals(400, response.status());
      assertEquals(
          "{\"error\":{\"message\":\"from must be a date: YYYY-MM-DD, UTC.\","
              + "\"type\":\"invalid_request_error\",\"param\":\"from\",\"code\":\"invalid_value\"}}",
          new String(response.body(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void anUnavailableStoreIsA503() throws IOException {
    try (var harness = new GatewayHarness()) {
      harness.quota = new Away();
      var answer = harness.call("GET", "/v1/usage", KEY, "");
      assertEquals(503, answer.status());
      assertEquals("quota_store_unavailable", answer.code());
    }
  }

  private record Away() implements QuotaTable {
    @Override
    public Written update(QuotaKey key, ItemUpdate update) {
      throw new StoreUnavailableException("writing", new IOException());
    }

    @Override
    public QuotaItem read(QuotaKey key) {
      throw new StoreUnavailableException("reading", new IOException());
    }

    @Override
    public List<QuotaKey> due() {
      throw new StoreUnavailableException("reading", new IOException());
    }
  }
}
