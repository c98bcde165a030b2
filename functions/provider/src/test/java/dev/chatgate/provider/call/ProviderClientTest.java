package dev.chatgate.provider.call;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProviderClientTest {
  private static final String ANSWER =
      "{ \"id\":\"x\",\n\"model\" : \"real/model\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"yo\"},"
          + "\"finish_reason\":\"stop\"}],\"n\":1.0,\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,"
          + "\"total_tokens\":5}}\n";

  @Test
  void aPlainAnswerComesBackByteForByte() {
    try (var harness = new ClientHarness(wire -> wire.json(200, ANSWER))) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.PLAIN));
      assertEquals(ANSWER, harness.sink.text());
      assertEquals(200, harness.sink.status());
      assertTrue(harness.sink.over());
      assertEquals("application/json", harness.sink.headers().get("content-type"));
      var measured = assertInstanceOf(Consumption.Measured.class, outcome.consumption());
      assertEquals(new TokenCounts(3, 0, 2), measured.counts());
      assertEquals(
          "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}", measured.rawUsage());
      assertEquals(Optional.empty(), outcome.timeToFirstByte(), "of streams alone");
    }
  }

  @Test
  void theAliasComesBackAsTheModelAndNothingElseChanges() {
    try (var harness = new ClientHarness(wire -> wire.json(200, ANSWER))) {
      harness.call(Calls.of(Calls.PLAIN, Optional.of("real/model"), Duration.ofSeconds(20)));
      assertEquals(ANSWER.replace("\"real/model\"", "\"m\""), harness.sink.text());
      assertTrue(harness.provider.requests().getFirst().text().contains("\"real/model\""));
    }
  }

  @Test
  void theRequestGoesUpByteForByteWithOurHeadersAlone() throws InterruptedException {
    try (var harness = new ClientHarness(wire -> wire.json(200, ANSWER))) {
      harness.call(Calls.PLAIN);
      var request = harness.provider.takeRequest();
      assertArrayEquals(Calls.PLAIN.getBytes(StandardCharsets.UTF_8), request.body());
      assertTrue(request.head().startsWith("POST /openai/v1/chat/completions HTTP/1.1\r\n"));
      assertEquals("Bearer sk-provider-secret", request.header("authorization"));
      assertEquals("application/json", request.header("content-type"));
      assertEquals(
          new TreeSet<>(
              List.of(
                  "accept",
                  "accept-encoding",
                  "authorization",
                  "connection",
                  "content-length",
                  "content-type",
                  "host",
                  "user-agent",
                  "x-request-id")),
          new TreeSet<>(request.headerNames()));
    }
  }

  @Test
  void aStreamPassesEventByEventAndItsUnaskedUsageIsTakenOut() {
    var first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"h\"}}]}\n\n";
    var last = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    var usage =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":1}}\n\n";
    try (var harness =
        new ClientHarness(wire -> wire.stream(first + last + usage + "data: [DONE]\n\n"))) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(first + last + "data: [DONE]\n\n", harness.sink.text());
      assertEquals(new TokenCounts(4, 0, 1), outcome.consumption().counts());
      assertEquals(Optional.empty(), outcome.brokenBy());
    }
  }
}
