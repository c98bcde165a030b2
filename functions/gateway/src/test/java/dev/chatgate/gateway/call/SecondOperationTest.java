package dev.chatgate.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An operation that the gateway's code does not know goes the whole way of a metered call. */
class SecondOperationTest {
  private static final String ANSWER =
      "{\"engine\":\"e-1\",\"echo\":\"a b\",\"done\":\"enough\",\"bill\":{\"read\":3,\"said\":2}}";
  private static final String EVENTS =
      """
      data: {"engine":"e-1","echo":"a"}

      data: {"engine":"e-1","echo":" b","done":"enough","bill":{"read":3,"said":2}}

      data: <end>

      """;

  private final GatewayHarness harness;

  SecondOperationTest() throws IOException {
    harness =
        new GatewayHarness()
            .operations(new EchoOperation())
            .tenant("{\"id\":\"acme\",\"model_aliases\":{\"loud\":\"e-1\"}}");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private GatewayHarness.Answer call(String body) {
    return harness.call("POST", "/v1/echoes", Map.of("authorization", "Bearer key"), body);
  }

  @Test
  void itsRulesNameTheFieldAtFault() {
    var missing = call("{\"engine\":\"e\"}");
    assertEquals(400, missing.status());
    assertEquals("missing_required_parameter", missing.code());
    assertTrue(missing.body().contains("\"param\":\"words\""), missing.body());
    assertEquals("invalid_value", call("{\"engine\":\"e\",\"words\":\"a\",\"at_most\":0}").code());
    assertEquals(List.of(), harness.ledger.claims());
  }

  @Test
  void itsOwnCeilingIsHeld() {
    harness.tenant("{\"id\":\"acme\",\"quota\":{\"max_tokens_per_request\":5}}");
    var answer = call("{\"engine\":\"e\",\"words\":\"a\",\"at_most\":6}");
    assertEquals("max_tokens_too_large", answer.code());
    assertTrue(answer.body().contains("\"param\":\"at_most\""), answer.body());
  }

  @Test
  void itIsAdmittedSentMeteredAndAnsweredByItsOwnNames() {
    harness.provider(call -> {
      assertEquals("/v1/echo/new", call.getRequestURI().getPath());
      GatewayHarness.reply(call, 200, ANSWER);
    });
    var answer = call("{ \"engine\" : \"loud\",\"words\":\"a b c\"}");
    assertEquals(200, answer.status(), answer.body());
    assertEquals(ANSWER.replace("e-1", "loud"), answer.body());
    assertEquals(
        List.of("{\"at_most\":100, \"engine\" : \"e-1\",\"words\":\"a b c\"}"),
        harness.bodiesAtProvider);
    var claim = harness.ledger.claims().getFirst();
    assertEquals("loud", claim.model());
    assertEquals(3, claim.promptTokens());
    assertEquals(100, claim.completionTokens());
    var settled = harness.ledger.theSettlement();
    assertEquals(
        new Consumption.Measured(new TokenCounts(3, 0, 2), "{\"read\":3,\"said\":2}"),
        settled.consumption());
    assertEquals("e-1", settled.facts().upstreamModel());
    assertTrue(harness.log().contains("\"route\":\"echo\""), harness.log());
    assertTrue(harness.log().contains("\"gen_ai.operation.name\":\"echo\""));
    assertTrue(harness.log().contains("\"gen_ai.response.finish_reasons\":[\"enough\"]"));
  }

  @Test
  void itsStreamEndsInItsOwnWay() {
    streaming(EVENTS);
    var answer = call("{\"engine\":\"loud\",\"words\":\"a b c\",\"stream\":true,\"at_most\":2}");
    assertEquals(EVENTS.replace("e-1", "loud"), answer.body());
    var settled = harness.ledger.theSettlement();
    assertEquals(Optional.empty(), settled.facts().errorCode());
    assertEquals(new TokenCounts(3, 0, 2), settled.consumption().counts());
  }

  @Test
  void itsStreamThatIsCutIsToldAndEstimated() {
    streaming(EVENTS.substring(0, EVENTS.indexOf("\n\n") + 2));
    var answer = call("{\"engine\":\"loud\",\"words\":\"a b c\",\"stream\":true}");
    assertTrue(answer.body().contains("event: error\n"), answer.body());
    var settled = harness.ledger.theSettlement();
    assertEquals(Optional.of("upstream_incomplete"), settled.facts().errorCode());
    assertInstanceOf(Consumption.Estimated.class, settled.consumption());
    assertEquals(3, settled.consumption().counts().prompt());
    assertEquals(1, settled.consumption().counts().completion());
  }

  @Test
  void whatIsNoAnswerOfItIsCalledByItsName() {
    harness.provider(call -> GatewayHarness.reply(call, 200, "{\"choices\":[{}]}"));
    var answer = call("{\"engine\":\"e\",\"words\":\"a\"}");
    assertEquals("upstream_invalid_response", answer.code());
    assertTrue(answer.body().contains("The provider's answer is not an echo."), answer.body());
  }

  @Test
  void chatIsNotServedWhereItIsNotListed() {
    assertEquals(404, harness.chat("{}").status());
  }

  private void streaming(String events) {
    harness.provider(call -> {
      call.getResponseHeaders().add("content-type", "text/event-stream");
      call.sendResponseHeaders(200, 0);
      call.getResponseBody().write(events.getBytes(StandardCharsets.UTF_8));
    });
  }
}
