package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.tenant.Scope;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPipelineTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String PRICE_TIERS =
      "\"price_tiers\":[{\"above_prompt_tokens\":0,\"prompt_usd_per_million\":0.15,"
          + "\"cached_usd_per_million\":0.075,\"completion_usd_per_million\":0.6},"
          + "{\"above_prompt_tokens\":200000,\"prompt_usd_per_million\":2,"
          + "\"completion_usd_per_million\":0.000001}]";
  private static final Map<String, String> KEY = Map.of("authorization", "Bearer key");

  private final GatewayHarness harness;

  RequestPipelineTest() throws IOException {
    harness = new GatewayHarness();
  }

  @AfterEach
  void noSecretIsLoggedAndNothingStaysReserved() {
    assertEquals(
        harness.ledger.claims().size(), harness.ledger.settled().size(), "every claim is settled");
    assertFalse(harness.log().contains("Bearer"));
    assertFalse(harness.log().contains("\"hi\""));
    harness.close();
  }

  @Test
  void healthNeedsNoKey() {
    var answer = harness.call("GET", "/health", Map.of(), "");
    assertEquals(200, answer.status());
    assertEquals("{\"status\":\"ok\"}", answer.body());
  }

  @Test
  void headIsGetWithoutABody() {
    var answer = harness.call("HEAD", "/health", Map.of(), "");
    assertEquals(200, answer.status());
    assertEquals("", answer.body());
  }

  @Test
  void everyAnswerHasAFreshRequestId() {
    var sent = Map.of("x-request-id", "mine\n!");
    var one = harness.call("GET", "/health", sent, "").header("x-request-id");
    var other = harness.call("GET", "/nowhere", sent, "").header("x-request-id");
    assertTrue(one.matches("req_[0-9a-z]{24}"), one);
    assertNotEquals(one, other);
    assertTrue(
        harness.log().contains("\"client_request_id\":\"mine!\""), "logged, what is safe of it");
  }

  /**
   * One row for each fault. A request has this fault and all those below it, and the answer must be
   * that of the first.
   */
  @Test
  void checksInTheDocumentedOrder() {
    harness.origins("https://good.example").maxBodyBytes(60);
    harness.tenant("{\"id\":\"acme\",\"models\":[\"other\"]}");
    var wrong =
        new HashMap<>(Map.of("origin", "https://evil.example", "content-type", "text/plain"));
    var large = BODY + " ".repeat(100);
    assertEquals(204, harness.call("OPTIONS", "/nowhere", wrong, large).status());
    assertEquals("unknown_url", harness.call("PUT", "/nowhere", wrong, large).code());
    assertEquals("method_not_allowed", harness.call("PUT", CHAT, wrong, large).code());
    assertEquals("request_too_large", harness.call("POST", CHAT, wrong, large).code());
    assertEquals("invalid_api_key", harness.call("POST", CHAT, wrong, "{}").code());
    wrong.put("authorization", "Bearer key");
    assertEquals("origin_not_allowed", harness.call("POST", CHAT, wrong, "{}").code());
    wrong.put("origin", "https://good.example");
    assertEquals("unsupported_media_type", harness.call("POST", CHAT, wrong, "{}").code());
    wrong.remove("content-type");
    assertEquals(
        "missing_required_parameter",
        harness.call("POST", CHAT, wrong, "{\"model\":\"m\"}").code());
    harness.maxBodyBytes(1000);
    assertEquals("model_not_allowed", harness.call("POST", CHAT, wrong, BODY).code());
    assertEquals(List.of(), harness.ledger.claims(), "no refusal reached admission");
    assertEquals(List.of(), harness.bodiesAtProvider);
  }

  @Test
  void aSuspendedTenantIsForbidden() {
    harness.tenant("{\"id\":\"acme\",\"status\":\"suspended\"}");
    assertEquals("tenant_suspended", harness.chat(BODY).code());
  }

  @Test
  void anUnknownMethodIsA405WithAllow() {
    assertEquals("POST", harness.call("GET", CHAT, KEY, "").header("allow"));
    var models = harness.call("POST", "/v1/models", KEY, "");
    assertEquals(405, models.status());
    assertEquals("GET, HEAD", models.header("allow"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer key", "bearer key", "BEARER   key  ", "  Bearer\tkey"})
  void aKeyIsFoundWithAnySpacing(String authorization) {
    var answer = harness.call("GET", "/v1/models", Map.of("authorization", authorization), "");
    assertEquals(200, answer.status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key",
        "Basic key",
        "Bearer",
        "Bearer ",
        "Bearerkey",
        "Bearer other",
        "Bearer key,Bearer key"
      })
  void anyOtherAuthorizationIsA401(String authorization) {
    var answer = harness.call("GET", "/v1/models", Map.of("authorization", authorization), "");
    assertEquals(401, answer.status());
    assertEquals("invalid_api_key", answer.code());
    assertFalse(answer.body().contains("other"), "the key is not quoted");
  }

  @Test
  void onlyAuthorizationIsRead() {
    var answer =
        harness.call("GET", "/v1/models", Map.of("x-api-key", "key", "api-key", "key"), "");
    assertEquals(401, answer.status());
  }

  @Test
  void anExpiredKeyIsUnknown() {
    harness.expireTheKey();
    assertEquals("invalid_api_key", harness.chat(BODY).code());
  }

  @Test
  void anUnavailableStoreIsA503() {
    harness.tenants.away = true;
    var answer = harness.chat(BODY);
    assertEquals(503, answer.status());
    assertEquals("quota_store_unavailable", answer.code());
    assertFalse(answer.body().replace("quota_store_unavailable", "").contains("quota"));
    assertEquals("false", answer.header("x-should-retry"));
    assertEquals("gateway", answer.header("x-chatgate-error-source"));
  }

  @ParameterizedTest
  @CsvSource({
    "application/json,200",
    "Application/JSON; charset=utf-8,200",
    "text/plain,415",
    "application/jsonx,415"
  })
  void theContentTypeIsJsonWithAnyParameters(String contentType, int status) {
    var headers = new HashMap<>(KEY);
    headers.put("content-type", contentType);
    assertEquals(status, harness.call("POST", CHAT, headers, BODY).status());
  }

  @Test
  void anUndecodableBodyIsA400() {
    var request =
        new GatewayRequest(
            StreamHandler.DOOR,
            "POST",
            CHAT,
            "",
            KEY,
            new GatewayRequest.Body.Undecodable(),
            Instant.now().plusSeconds(20));
    var response = new BufferedResponse();
    harness.gateway().handle(request, response);
    assertEquals(400, response.status());
  }

  @Test
  void aDefectIsA500WithoutDetailsAndIsLoggedOnce() {
    harness.ledger.throwAtAdmission(new IllegalStateException("hi"));
    var answer = harness.chat(BODY);
    assertEquals(500, answer.status());
    assertEquals("internal_error", answer.code());
    assertEquals(
        1, harness.log().lines().filter(line -> line.contains("\"kind\":\"defect\"")).count());
  }

  @Test
  void anUnknownEventIsAnswered() {
    var response = new BufferedResponse();
    harness.gateway().answerUnknownEvent(response);
    assertEquals(400, response.status());
    assertTrue(harness.log().contains("\"event\":\"unknown\""));
  }

  @Test
  void aPreflightAllowsTheRequestedHeaders() {
    harness.origins("https://good.example");
    var answer =
        harness.call(
            "OPTIONS",
            CHAT,
            Map.of(
                "origin", "https://good.example",
                "access-control-request-headers", "authorization,x-stainless-next-year"),
            "");
    assertEquals(204, answer.status());
    assertEquals("https://good.example", answer.header("access-control-allow-origin"));
    assertEquals(
        "authorization,x-stainless-next-year", answer.header("access-control-allow-headers"));
    assertEquals(
        "Origin, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
        answer.header("vary"));
    assertFalse(answer.headers().containsKey("access-control-allow-private-network"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://good.example,true,true",
    "https://good.example,TRUE,",
    "https://good.example,false,",
    "https://good.example,'',",
    "https://evil.example,true,",
    ",true,"
  })
  void aPrivateNetworkIsAllowedToAnAllowedOriginThatAsks(
      @Nullable String origin, String asked, @Nullable String allowed) {
    harness.origins("https://good.example");
    var headers = new HashMap<String, String>();
    headers.put("access-control-request-private-network", asked);
    if (origin != null) {
      headers.put("origin", origin);
    }
    var answer = harness.call("OPTIONS", CHAT, headers, "");
    assertEquals(204, answer.status());
    assertEquals(allowed, answer.headers().get("access-control-allow-private-network"));
    assertTrue(answer.header("vary").contains("Access-Control-Request-Private-Network"));
    headers.put("authorization", "Bearer key");
    var call = harness.call("POST", CHAT, headers, BODY);
    assertNull(call.headers().get("access-control-allow-private-network"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gzip", "br", "zstd", "x-gzip", "identity, gzip", "GZIP", "aws-chunked", "\u0000"})
  void aCompressedBodyIsA415(String coding) {
    var headers = Map.of("authorization", "Bearer key", "content-encoding", coding);
    var answer = harness.call("POST", CHAT, headers, BODY);
    assertEquals(415, answer.status());
    assertEquals("unsupported_media_type", answer.code());
    assertTrue(answer.body().contains("Content-Encoding"), answer.body());
    assertEquals("identity", answer.header("accept-encoding"));
    assertEquals(List.of(), harness.ledger.claims());
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "Identity", "", " ", "identity,identity", ","})
  void aBodyWithoutACodingIsAccepted(String coding) {
    var headers = Map.of("authorization", "Bearer key", "content-encoding", coding);
    assertEquals(200, harness.call("POST", CHAT, headers, BODY).status());
  }

  @Test
  void aForbiddenOriginsPreflightAllowsNothing() {
    harness.origins("https://good.example");
    var answer = harness.call("OPTIONS", CHAT, Map.of("origin", "https://evil.example"), "");
    assertEquals(204, answer.status());
    assertEquals("", answer.header("access-control-allow-origin"));
  }

  @Test
  void aTenantNarrowsTheOriginsOfTheDeployment() {
    harness.tenant("{\"id\":\"acme\",\"allowed_origins\":[\"https://app.example\"]}");
    var own = Map.of("authorization", "Bearer key", "origin", "https://app.example");
    var foreign = Map.of("authorization", "Bearer key", "origin", "https://good.example");
    assertEquals(200, harness.call("POST", CHAT, own, BODY).status());
    var refused = harness.call("POST", CHAT, foreign, BODY);
    assertEquals("origin_not_allowed", refused.code());
    assertEquals("https://good.example", refused.header("access-control-allow-origin"));
    assertTrue(refused.header("access-control-expose-headers").contains("x-request-id"));
  }

  @Test
  void listsAliasesPricedAndTheProvidersModels() {
    harness.tenant("{\"id\":\"acme\",\"model_aliases\":{\"fast\":\"m\"}}");
    harness.provider(call ->
        GatewayHarness.reply(
            call,
            200,
            "{\"object\":\"list\",\"data\":[{\"id\":\"provider/m\",\"object\":\"model\",\"created\":7,"
                + "\"owned_by\":\"p\",\"more\":{\"x\":[1]}},{\"no\":\"id\"},3]}"));
    assertEquals(
        "{\"object\":\"list\",\"data\":["
            + "{\"id\":\"fast\",\"object\":\"model\",\"created\":0,\"owned_by\":\"chatgate\"},"
            + "{\"id\":\"priced\",\"object\":\"model\",\"created\":0,\"owned_by\":\"chatgate\","
            + PRICE_TIERS
            + "},"
            + "{\"id\":\"provider/m\",\"object\":\"model\",\"created\":7,\"owned_by\":\"p\"}]}",
        harness.call("GET", "/v1/models", KEY, "").body());
  }

  @Test
  void anAliasIsListedWithThePriceOfTheModelBehindIt() {
    harness.tenant("{\"id\":\"acme\",\"model_aliases\":{\"fast\":\"priced\",\"slow\":\"m\"}}");
    assertTrue(harness.call("GET", "/v1/models/fast", KEY, "").body().contains(PRICE_TIERS));
    assertFalse(harness.call("GET", "/v1/models/slow", KEY, "").body().contains("price_tiers"));
  }

  @Test
  void onlyTheTenantsServersSeePrices() {
    harness.scopes(Scope.CALLS, Scope.END_USER_HEADER);
    var headers = Map.of("authorization", "Bearer key", "x-chatgate-end-user", "ann");

    var forPerson = harness.call("GET", "/v1/models", headers, "");

    assertTrue(forPerson.body().contains("\"priced\""), forPerson.body());
    assertFalse(forPerson.body().contains("price_tiers"), forPerson.body());
  }

  @Test
  void aProviderThatHangsDelaysTheListByLessThanFiveSeconds() throws InterruptedException {
    var hung = new CountDownLatch(1);
    harness.provider(call -> {
      try {
        hung.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    long began = System.nanoTime();
    var answer = harness.call("GET", "/v1/models", KEY, "");
    long millis = (System.nanoTime() - began) / 1_000_000;
    hung.countDown();
    assertEquals(200, answer.status());
    assertTrue(answer.body().contains("\"priced\""), answer.body());
    assertTrue(millis < 5000, millis + " ms");
  }

  @Test
  void showsOneModelIfTheAllowListHasIt() {
    harness.tenant("{\"id\":\"acme\",\"models\":[\"priced\"],\"model_aliases\":{\"fast\":\"m\"}}");
    harness.provider(call -> GatewayHarness.reply(call, 500, "{}"));
    assertEquals(200, harness.call("GET", "/v1/models/priced", KEY, "").status());
    assertEquals("model_not_found", harness.call("GET", "/v1/models/fast", KEY, "").code());
    assertEquals("model_not_found", harness.call("GET", "/v1/models/a/b", KEY, "").code());
  }
}
