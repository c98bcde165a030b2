package dev.chatgate.gateway.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.RequestId;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.exchange.Exchange;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseWriter;
import dev.chatgate.telemetry.MetricSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamHandlerTest {
  private final GatewayHarness harness;
  private final Collected runtime = new Collected();

  StreamHandlerTest() throws IOException {
    harness = new GatewayHarness();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void aStreamEndsBeforeItsSettlement() {
    harness.provider(call -> {
      call.getResponseHeaders().add("content-type", "text/event-stream");
      call.sendResponseHeaders(200, 0);
      call.getResponseBody()
          .write(
              "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
                  .getBytes(StandardCharsets.UTF_8));
    });
    harness.ledger.beforeSettling(() -> {
      assertTrue(runtime.ended, "the client has its answer");
      assertTrue(runtime.text().endsWith("data: [DONE]\n\n"), runtime.text());
    });
    handle(
        """
        {"version":"2.0","rawPath":"/openai/v1/chat/completions","headers":{"Authorization":"Bearer key"},
         "requestContext":{"http":{"method":"POST"},"stage":"$default"},
         "body":"{\\"model\\":\\"m\\",\\"stream\\":true,\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"hi\\"}]}"}
        """);
    assertEquals(200, harness.ledger.theSettlement().facts().status());
  }

  @Test
  void theInvocationsTraceIsContinuedIfTheClientHasNone() {
    var seen = new CopyOnWriteArrayList<String>();
    harness.provider(call -> {
      seen.add(call.getRequestHeaders().getFirst("traceparent"));
      GatewayHarness.reply(call, 200, GatewayHarness.PLAIN_ANSWER);
    });
    var trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    handle(
        """
        {"rawPath":"/v1/chat/completions","headers":{"authorization":"Bearer key"},
         "requestContext":{"http":{"method":"POST"}},
         "body":"{\\"model\\":\\"m\\",\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"hi\\"}]}"}
        """,
        Optional.of(trace));
    assertTrue(
        seen.getFirst().matches("00-5759e988bd862e3fe1be46a994272793-[0-9a-f]{16}-01"),
        seen.toString());
  }

  /**
   * The client may read for as long as the call may take, plus a second for the end of the answer.
   */
  @Test
  void theAnswersTimeLimitIsThatOfTheCall() {
    handle(
        """
        {"rawPath":"/v1/chat/completions","headers":{"authorization":"Bearer key"},
         "requestContext":{"http":{"method":"POST"}},
         "body":"{\\"model\\":\\"m\\",\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"hi\\"}]}"}
        """);
    assertEquals(200, runtime.status);
    assertEquals(2, runtime.limits.size());
    assertEquals(Duration.ofSeconds(70), runtime.limits.getFirst());
    var untilSettling = Duration.ofMillis(60_000 - 500 - 5_000 + 1_000);
    assertTrue(runtime.limits.getLast().compareTo(untilSettling) <= 0, runtime.limits::toString);
    assertTrue(runtime.limits.getLast().toSeconds() > 40, runtime.limits::toString);
  }

  @Test
  void answersToOtherEventsHaveATimeLimitToo() {
    for (var event :
        List.of(
            "{}",
            "{\"routeKey\":\"keep-warm\"}",
            "{\"rawPath\":\"/health\",\"requestContext\":{\"http\":{\"method\":\"GET\"}}}")) {
      runtime.limits.clear();
      handle(event);
      assertEquals(List.of(Duration.ofSeconds(70)), runtime.limits, event);
    }
  }

  @Test
  void aDefectBeforeTheFirstByteIsAnError() {
    harness.ledger.throwAtAdmission(new IllegalStateException());
    handle(
        """
        {"rawPath":"/v1/chat/completions","headers":{"authorization":"Bearer key"},
         "requestContext":{"http":{"method":"POST"}},
         "body":"{\\"model\\":\\"m\\",\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"hi\\"}]}"}
        """);
    assertEquals(500, runtime.status);
    assertTrue(runtime.ended);
  }

  @Test
  void aDefectAfterTheFirstByteIsAnErrorEventAndTheRuntimesFailure() throws Exception {
    var exchange = exchange();
    exchange.head(200, Map.of("content-type", "text/event-stream"));
    exchange.channel().write(new byte[] {'x'}, 0, 1);
    assertTrue(exchange.channel().committed());
    exchange.breakOff(
        ApiError.of(ErrorCode.INTERNAL_ERROR, "An internal error occurred."),
        new IllegalStateException("defect"));
    assertTrue(runtime.text().startsWith("xevent: error\ndata: {\"error\":"), runtime.text());
    assertEquals("defect", String.valueOf(runtime.failure).replaceAll(".*: ", ""));
  }

  @Test
  void anEventOfUnknownShapeIsAnswered() {
    for (var event : List.of("{}", "[]", "null", "{\"Records\":[{}]}", "not json", "")) {
      handle(event);
      assertEquals(400, runtime.status, event);
      assertTrue(runtime.text().contains("\"error\""), event);
    }
  }

  private Exchange exchange() {
    var request = GatewayHarness.request("GET", "/health", Map.of(), "");
    var id = new RequestId("req_000000000000000000000000");
    var log = new CallLog(System.out, InstantSource.system(), new MetricSource("f", false));
    return new Exchange(request, id, StreamHandler.channelOver(runtime), log.begin(id, request));
  }

  private void handle(String event) {
    handle(event, Optional.empty());
  }

  private void handle(String event, Optional<String> trace) {
    new StreamHandler(harness.gateway())
        .handle(
            event.getBytes(StandardCharsets.UTF_8),
            new InvocationContext("id", Instant.now().plusSeconds(60), "arn", trace),
            runtime);
  }

  /** Records the calls to the streaming runtime's channel. */
  private static final class Collected implements ResponseWriter {
    private int status;
    private boolean ended;
    private @Nullable Throwable failure;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    private final List<Duration> limits = new ArrayList<>();

    @Override
    public void endWithin(Duration time) {
      limits.add(time);
    }

    String text() {
      return body.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void head(int status, Map<String, String> headers, List<String> cookies) {
      this.status = status;
      ended = false;
      body.reset();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      assertFalse(ended);
      body.write(bytes, offset, length);
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public void fail(Throwable error) {
      failure = error;
    }
  }
}
