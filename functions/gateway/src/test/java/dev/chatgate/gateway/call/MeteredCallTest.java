package dev.chatgate.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeteredCallTest {
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":10}";
  private static final String STREAM =
      BODY.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
  private static final String EVENTS =
      """
      data: {"choices":[{"index":0,"delta":{"content":"he"}}]}

      data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}

      data: [DONE]

      """;

  private final GatewayHarness harness;

  MeteredCallTest() throws IOException {
    harness = new GatewayHarness();
  }

  @AfterEach
  void stop() {
    assertFalse(harness.log().contains("hello"), "no answer in the log");
    assertFalse(harness.log().contains("sk-provider-secret"));
    harness.close();
  }

  @Test
  void aPlainAnswerComesByteForByteAndIsSettledAsMeasured() {
    var answer = harness.chat(BODY);
    assertEquals(200, answer.status());
    assertEquals(GatewayHarness.PLAIN_ANSWER, answer.body());
    assertEquals("59", answer.header("x-ratelimit-remaining-requests"));
    assertEquals(List.of(BODY), harness.bodiesAtProvider);
    var settled = harness.ledger.theSettlement();
    assertEquals(new TokenCounts(3, 0, 2), settled.consumption().counts());
    assertInstanceOf(Consumption.Measured.class, settled.consumption());
    assertEquals(200, settled.facts().status());
    assertTrue(
        answer.header("x-request-id").endsWith(settled.reservation().requestId().reservationId()));
  }

  @Test
  void aStreamComesInOnePieceAtTheBufferedDoorWithoutTheUsageThatNobodyAskedFor() {
    streaming(EVENTS);
    var answer = harness.chat(STREAM);
    assertEquals(200, answer.status());
    assertTrue(answer.header("content-type").startsWith("text/event-stream"));
    assertEquals(
        EVENTS.replaceFirst("data: \\{\"choices\":\\[\\],[^\\n]*\\n\\n", ""), answer.body());
    assertEquals(new TokenCounts(3, 0, 1), harness.ledger.theSettlement().consumption().counts());
    assertTrue(harness.bodiesAtProvider.getFirst().contains("\"include_usage\":true"));
  }

  @Test
  void aCutStreamIsAnErrorEventAndChargedByOurCount() {
    streaming(EVENTS.substring(0, EVENTS.indexOf("\n\n") + 2));
    var answer = harness.chat(STREAM);
    assertEquals(200, answer.status());
    assertTrue(answer.body().contains("event: error\ndata: {\"error\":"), answer.body());
    var settled = harness.ledger.theSettlement();
    assertInstanceOf(Consumption.Estimated.class, settled.consumption());
    assertEquals(Optional.of("upstream_incomplete"), settled.facts().errorCode());
    assertTrue(settled.consumption().counts().prompt() > 0);
  }

  @Test
  void aModelThatTheProviderDoesNotKnowIsSettledAsSuch() {
    var refusal = "{\"error\":{\"code\":\"model_not_found\"}}";
    harness.provider(call -> GatewayHarness.reply(call, 404, refusal));
    var answer = harness.chat(BODY);
    assertEquals(404, answer.status());
    assertEquals(refusal, answer.body());
    var settled = harness.ledger.theSettlement();
    assertEquals(new Consumption.Nothing(), settled.consumption());
    assertEquals(404, settled.facts().status());
  }

  @Test
  void theProvidersRefusalOfTheTenantsRequestPassesAndCostsNothing() {
    var refusal = "{\"error\":{\"code\":\"context_length_exceeded\"} }";
    harness.provider(call -> GatewayHarness.reply(call, 400, refusal));
    var answer = harness.chat(BODY);
    assertEquals(400, answer.status());
    assertEquals(refusal, answer.body());
    assertEquals("provider", answer.header("x-chatgate-error-source"));
    var settled = harness.ledger.theSettlement();
    assertEquals(new Consumption.Nothing(), settled.consumption());
    assertEquals(400, settled.facts().status());
    assertEquals(Optional.empty(), settled.facts().errorCode(), "no error of ours");
  }

  @Test
  void theProvidersRefusalOfOurKeyIsOursToTell() {
    harness.provider(
        call -> GatewayHarness.reply(call, 401, "{\"error\":\"bad key sk-provider-secret\"}"));
    var answer = harness.chat(BODY);
    assertEquals(502, answer.status());
    assertEquals("upstream_auth", answer.code());
    assertFalse(answer.body().contains("sk-"));
    assertEquals(new Consumption.Nothing(), harness.ledger.theSettlement().consumption());
  }

  @Test
  void anAnswerTooLargeForTheBufferedDoorIsNamedAndSettledAsReal() {
    var large = GatewayHarness.PLAIN_ANSWER.replace("hello", "x".repeat(7_000_000));
    harness.provider(call -> GatewayHarness.reply(call, 200, large));
    var answer = harness.chat(BODY);
    assertEquals(502, answer.status());
    assertEquals("response_too_large", answer.code());
    assertTrue(answer.body().contains("function URL"));
    var settled = harness.ledger.theSettlement();
    assertEquals(new TokenCounts(3, 0, 2), settled.consumption().counts());
    assertEquals(502, settled.facts().status());
  }

  @Test
  void aStreamTooLargeForTheBufferedDoorIsReadToItsEndAndSettledAsReal() {
    streaming(EVENTS.substring(0, EVENTS.indexOf("\n\n") + 2).repeat(120_000) + EVENTS);
    var answer = harness.chat(STREAM);
    assertEquals(502, answer.status());
    assertEquals("response_too_large", answer.code());
    assertEquals("application/json", answer.header("content-type"));
    assertEquals(new TokenCounts(3, 0, 1), harness.ledger.theSettlement().consumption().counts());
  }

  @ParameterizedTest
  @CsvSource({
    // quota, fields of the request, reserved completion tokens, max_tokens that goes upstream
    "'',                             '\"max_tokens\":10',                               10, 10",
    "'',                             '\"max_tokens\":10,\"n\":3',                       30, 10",
    "'',                             '\"max_tokens\":10,\"best_of\":4',                 40, 10",
    "'',                             '\"seed\":1',                                     100, 100",
    "'\"default_max_tokens\":7',     '\"max_tokens\":null',                              7, 7",
    "'\"max_tokens_per_request\":9', '\"seed\":1',                                       9, 9",
    "'\"default_max_tokens\":7,\"max_tokens_per_request\":5', '\"seed\":1',              5, 5",
    "'',                             '\"max_completion_tokens\":20',                    20, 20",
    "'',                             '\"max_completion_tokens\":20,\"max_tokens\":10',  20, 10"
  })
  void reservesWhatTheCallMayProduce(String quota, String fields, long reserved, long sent) {
    harness.tenant("{\"id\":\"acme\",\"quota\":{" + quota + "}}");
    assertEquals(200, harness.chat(BODY.replace("\"max_tokens\":10", fields)).status());
    assertEquals(reserved, harness.ledger.claims().getFirst().completionTokens());
    assertTrue(
        harness
            .bodiesAtProvider
            .getFirst()
            .matches("(?s).*\"max_tokens\"\\s*:\\s*" + sent + "\\b.*"),
        harness.bodiesAtProvider.getFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "9, '\"max_tokens\":10', max_tokens",
    "9, '\"max_completion_tokens\":10', max_completion_tokens",
    "9, '\"max_tokens\":5,\"max_completion_tokens\":10', max_completion_tokens",
    "0, '\"seed\":1', max_tokens",
    "1000000000, '\"max_tokens\":999999999,\"n\":100', max_tokens"
  })
  void moreThanTheCeilingIsA400AndHoldsNothing(long ceiling, String fields, String param) {
    harness.tenant("{\"id\":\"acme\",\"quota\":{\"max_tokens_per_request\":" + ceiling + "}}");
    var answer = harness.chat(BODY.replace("\"max_tokens\":10", fields));
    assertEquals(400, answer.status());
    assertEquals("max_tokens_too_large", answer.code());
    assertTrue(answer.body().contains("\"param\":\"" + param + "\""), answer.body());
    assertEquals(List.of(), harness.ledger.claims());
  }

  @Test
  void aModelWithoutAPriceIsRefusedWhereMoneyIsLimited() {
    harness.tenant("{\"id\":\"acme\",\"quota\":{\"cost_per_month_usd\":1}}");
    assertEquals("model_not_allowed", harness.chat(BODY).code());
    harness.price =
        Optional.of(
            new ModelPrice(
                "m", LocalDate.EPOCH, List.of(new ModelPrice.Tier(0, 1, OptionalLong.empty(), 1))));
    assertEquals(200, harness.chat(BODY).status());
  }

  @Test
  void anAliasGoesUpAsTheProvidersNameAndComesBackAsTheTenants() {
    harness.tenant("{\"id\":\"acme\",\"model_aliases\":{\"fast\":\"m\"}}");
    var answer = harness.chat(BODY.replace("\"m\"", "\"fast\""));
    assertEquals(BODY, harness.bodiesAtProvider.getFirst());
    assertEquals(
        GatewayHarness.PLAIN_ANSWER.replace("\"model\":\"m\"", "\"model\":\"fast\""),
        answer.body());
    assertEquals("m", harness.ledger.theSettlement().facts().upstreamModel());
    assertEquals("fast", harness.ledger.claims().getFirst().model());
  }

  private static final Admission REFUSED =
      new Admission.Refused(
          new Refusal(
              Limits.REQUESTS_PER_MINUTE,
              Refusal.Kind.WAIT,
              1,
              1,
              1,
              0,
              Optional.of(Duration.ofSeconds(2)),
              Optional.empty(),
              OptionalLong.empty()),
          new RateLimits(
              List.of(
                  new RateLimits.Bucket(Limits.REQUESTS_PER_MINUTE, 1, 0, Duration.ofSeconds(2)))),
          1);

  @Test
  void aRefusalWithoutTheStoreOpensNoConnection() throws IOException {
    try (var provider = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
        var before =
            new GatewayHarness(URI.create("http://127.0.0.1:" + provider.getLocalPort()))) {
      before.ledger.answerWith(REFUSED);
      assertEquals(429, before.chat(BODY).status());
      provider.accept().close();
      before.ledger.answerByItself();
      assertEquals(429, before.chat(BODY).status());
      provider.setSoTimeout(300);
      assertThrows(SocketTimeoutException.class, provider::accept);
    }
  }

  @Test
  void aRefusalReachesNoProvider() {
    harness.ledger.answerWith(REFUSED);
    var answer = harness.chat(BODY);
    assertEquals(429, answer.status());
    assertEquals("2", answer.header("retry-after"));
    assertEquals("0", answer.header("x-ratelimit-remaining-requests"));
    assertEquals(List.of(), harness.bodiesAtProvider);
    assertEquals(List.of(), harness.ledger.settled());
  }

  @Test
  void aLedgerThatIsAwayClosesTheDoor() {
    harness.ledger.answerWith(
        new Admission.Unavailable(new StoreUnavailableException("admit", new IOException()), 1));
    var answer = harness.chat(BODY);
    assertEquals(503, answer.status());
    assertEquals("quota_store_unavailable", answer.code());
    assertEquals(List.of(), harness.bodiesAtProvider);
  }

  @Test
  void theClientsRetryCountIsInTheRecord() {
    for (var count : Map.of("2", 2, "x", 0, "99999", 0).entrySet()) {
      harness.ledger.settled().clear();
      harness.ledger.claims().clear();
      harness.call(
          "POST",
          "/v1/chat/completions",
          Map.of("authorization", "Bearer key", "x-stainless-retry-count", count.getKey()),
          BODY);
      assertEquals(count.getValue(), harness.ledger.theSettlement().facts().clientRetries());
    }
  }

  private void streaming(String events) {
    harness.provider(call -> {
      call.getResponseHeaders().add("content-type", "text/event-stream");
      call.sendResponseHeaders(200, 0);
      call.getResponseBody().write(events.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    });
  }
}
