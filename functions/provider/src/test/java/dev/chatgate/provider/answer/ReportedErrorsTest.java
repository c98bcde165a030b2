package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderOutcome.PassedThrough;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A 200 without an answer in it, plain, as the first event of a stream, and as a stream's body. */
class ReportedErrorsTest {
  private static final String DELTA =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"he\"}}]}\n\n";

  private static ProviderOutcome plain(String body) {
    try (var harness = new ClientHarness(wire -> wire.json(200, body))) {
      var outcome = harness.call(Calls.PLAIN);
      assertEquals(outcome instanceof Answered, harness.sink.status() == 200);
      return outcome;
    }
  }

  private static ProviderOutcome streamed(String type, String body) {
    try (var harness = new ClientHarness(wire -> wire.answer(200, type, body))) {
      var outcome = harness.call(Calls.streaming(""));
      assertEquals(0, harness.sink.status());
      return outcome;
    }
  }

  private static List<ProviderOutcome> allWays(String body) {
    return List.of(
        plain(body),
        plain("\n " + body),
        streamed("application/json", body),
        streamed("text/event-stream", body),
        streamed("text/event-stream", "data: " + body + "\n\n"),
        streamed("text/event-stream", "data: " + body),
        streamed("application/json", "event: error\ndata: " + body + "\n\ndata: [DONE]\n\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\":{\"message\":\"words\",\"code\":\"invalid_api_key\"}} | UPSTREAM_AUTH",
        "{\"error\":{\"message\":\"Incorrect API key provided: sk-provider-secret.\"}} | UPSTREAM_AUTH",
        "{\"error\":{\"message\":\"Incorrect API key provided: sk-p***t.\"}} | UPSTREAM_AUTH",
        "{\"error\":\"Unauthorized\"} | UPSTREAM_AUTH",
        "{\"detail\":\"Not authenticated\"} | UPSTREAM_AUTH",
        "{\"statusCode\":401,\"message\":\"words\"} | UPSTREAM_AUTH",
        "{\"object\":\"error\",\"message\":\"words\",\"type\":\"PermissionDenied\"} | UPSTREAM_AUTH",
        "{\"code\":\"Arrearage\",\"message\":\"words\"} | UPSTREAM_AUTH",
        "{\"error\":{\"message\":\"Rate limit exceeded\",\"code\":429}} | UPSTREAM_OVERLOADED",
        "{\"error\":{\"message\":\"words\",\"code\":\"429\"}} | UPSTREAM_OVERLOADED",
        "{\"error\":{\"message\":\"words\",\"type\":\"rate_limit_exceeded\"}} | UPSTREAM_OVERLOADED",
        "{\"message\":\"Too many requests\"} | UPSTREAM_OVERLOADED",
        "[{\"error\":{\"code\":429,\"message\":\"words\",\"status\":\"RESOURCE_EXHAUSTED\"}}] | UPSTREAM_OVERLOADED",
        "[{\"error\":{\"message\":\"words\",\"status\":\"UNAVAILABLE\"}}] | UPSTREAM_OVERLOADED",
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}} | UPSTREAM_OVERLOADED",
        "{\"errors\":[{\"code\":503,\"message\":\"words\"}],\"success\":false,\"result\":null} | UPSTREAM_OVERLOADED",
        "{\"error\":{\"message\":\"words\",\"code\":504}} | UPSTREAM_TIMEOUT",
        "{\"error\":{\"message\":\"words\",\"code\":408}} | UPSTREAM_TIMEOUT",
        "{\"detail\":\"The request timed out\"} | UPSTREAM_TIMEOUT",
        "{\"error\":{\"message\":\"words\",\"code\":500}} | UPSTREAM_ERROR",
        "{\"error\":{\"message\":\"words\"}} | UPSTREAM_ERROR",
        "{\"error\":\"words\"} | UPSTREAM_ERROR",
        "{\"detail\":[{\"msg\":\"words\",\"loc\":[]}]} | UPSTREAM_ERROR",
        "{\"errors\":[\"words\"]} | UPSTREAM_ERROR",
        "{\"fault\":{\"faultstring\":\"words\"}} | UPSTREAM_ERROR",
        "{\"base_resp\":{\"status_code\":1000,\"status_msg\":\"words\"},\"choices\":null} | UPSTREAM_ERROR",
        "{\"choices\":[],\"error\":{\"message\":\"words\"}} | UPSTREAM_ERROR"
      })
  void anErrorIsWhatItSaysAndCostsNothing(String body, ErrorCode code) {
    for (var outcome : allWays(body)) {
      var failed = assertInstanceOf(Failed.class, outcome);
      assertEquals(code, failed.error().code());
      assertEquals(new Consumption.Nothing(), failed.consumption());
      assertFalse(failed.error().message().contains("words"));
      assertFalse(failed.error().message().contains("sk-"));
      assertEquals(code == ErrorCode.UPSTREAM_OVERLOADED, failed.error().retryAfter().isPresent());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\":{\"message\":\"too long\",\"type\":\"t\",\"param\":\"messages\",\"code\":\"context_length_exceeded\"}} | 400 | t | \"messages\" | context_length_exceeded",
        "{\"error\":{\"message\":\"too long\",\"code\":400}} | 400 | invalid_request_error | null | 400",
        "{\"object\":\"error\",\"message\":\"too long\",\"type\":\"BadRequestError\",\"param\":null,\"code\":null} | 400 | BadRequestError | null | upstream_error",
        "{\"error\":{\"message\":\"too long\",\"status\":\"NOT_FOUND\",\"code\":404}} | 404 | invalid_request_error | null | 404",
        "{\"statusCode\":422,\"error\":\"Unprocessable Entity\",\"message\":\"too long\"} | 422 | invalid_request_error | null | 422"
      })
  void aFaultOfTheTenantsRequestPassesInTheUsualShape(
      String body, int status, String type, String param, String code) {
    for (var outcome : allWays(body)) {
      var passed = assertInstanceOf(PassedThrough.class, outcome);
      assertEquals(status, passed.status());
      assertEquals(
          "{\"error\":{\"message\":\"too long\",\"type\":\"%s\",\"param\":%s,\"code\":\"%s\"}}"
              .formatted(type, param, code),
          new String(passed.body(), StandardCharsets.UTF_8));
      assertEquals(new Consumption.Nothing(), passed.consumption());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":1}",
        "{\"status\":\"ok\"}",
        "{\"object\":\"chat.completion\",\"id\":\"x\"}",
        "{\"choices\":null}",
        "{\"choices\":{}}",
        "{\"choices\":\"none\"}",
        "{\"output\":[]}",
        "{\"error\":null}",
        "{\"error\":{}}",
        "[]",
        "[1]",
        "\"text\"",
        "12",
        "null"
      })
  void jsonWithoutChoicesIsNoAnswer(String body) {
    var failed = assertInstanceOf(Failed.class, plain(body));
    assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, failed.error().code());
    assertEquals(new Consumption.Nothing(), failed.consumption());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[]}",
        "{\"choices\":[],\"error\":null}",
        "{\"choices\":[{\"index\":0}],\"error\":{\"code\":0,\"message\":\"\"}}",
        "{\"choices\":[{\"index\":0}],\"error\":\"\"}",
        "{\"choices\":[{\"index\":0}],\"message\":\"fine\",\"code\":\"x\",\"detail\":\"y\"}",
        "{\"choices\":[{\"index\":0}],\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"}}"
      })
  void anAnswerStaysOne(String body) {
    assertInstanceOf(Answered.class, plain(body));
  }

  @Test
  void whatAnErrorUsedCounts() {
    var usage = "\"usage\":{\"prompt_tokens\":6,\"completion_tokens\":2}";
    for (var outcome : allWays("{\"error\":{\"message\":\"x\"}," + usage + "}")) {
      assertEquals(new TokenCounts(6, 0, 2), outcome.consumption().counts());
    }
    for (var outcome : allWays("{\"error\":{\"message\":\"x\"},\"usage\":{}}")) {
      assertEquals(new Consumption.Nothing(), outcome.consumption());
    }
  }

  @Test
  void textThatWasWrittenBesideAnErrorCounts() {
    var body =
        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"half an\"}}],"
            + "\"error\":{\"message\":\"x\",\"code\":502}}";
    for (var outcome :
        List.of(plain(body), streamed("text/event-stream", "data: " + body + "\n\n"))) {
      var failed = assertInstanceOf(Failed.class, outcome);
      assertEquals(ErrorCode.UPSTREAM_ERROR, failed.error().code());
      var estimated = assertInstanceOf(Consumption.Estimated.class, failed.consumption());
      assertTrue(estimated.counts().completion() > 0);
    }
  }

  @Test
  void afterTheFirstEventAnErrorIsAnEvent() {
    for (String before : List.of(DELTA, ": hello\n", "event: ping\n\n")) {
      var events = before + "data: {\"error\":{\"message\":\"boom\",\"code\":429}}\n\n";
      try (var harness = new ClientHarness(wire -> wire.stream(events))) {
        assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
        assertEquals(
            before
                + "event: error\ndata: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\","
                + "\"param\":null,\"code\":\"429\"}}\n\n",
            harness.sink.text());
      }
    }
  }

  @Test
  void aNumericStatusGoesBeforeATypeInWords() {
    var error = "{\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\",\"code\":429}}";
    try (var harness = new ClientHarness(wire -> wire.json(200, error))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(ErrorCode.UPSTREAM_OVERLOADED, failed.error().code());
    }
  }

  @Test
  void zeroBesideChoicesIsNoError() {
    var answer =
        "{\"error\":0,\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},"
            + "\"finish_reason\":\"stop\"}]}";
    try (var harness = new ClientHarness(wire -> wire.json(200, answer))) {
      assertInstanceOf(Answered.class, harness.call(Calls.PLAIN));
      assertEquals(answer, harness.sink.text());
    }
  }

  /** The bytes do not hold the key, but what they say when they are decoded does. */
  @Test
  void aKeyInAnotherEncodingIsNotWrittenInPlainText() {
    var error = "{\"error\":{\"message\":\"token sk-provider-secret refused\",\"code\":\"x\"}}";
    for (var encoding : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      for (var before : List.of("", DELTA)) {
        var head = before + "event: error\ndata: ";
        try (var harness =
            new ClientHarness(wire ->
                wire.streamHead()
                    .chunk(head)
                    .chunk(error.getBytes(encoding))
                    .chunk("\n\n")
                    .endChunks())) {
          var outcome = harness.call(Calls.streaming(""));
          var shown =
              outcome instanceof Failed(var told, var _)
                  ? new String(told.body(), StandardCharsets.UTF_8)
                  : harness.sink.text();
          var squeezed = shown.replace("\\u0000", "").replace("\0", "");
          assertFalse(squeezed.contains("sk-provider-secret"), shown);
        }
      }
    }
  }

  @Test
  void aConnectionThatBroughtAnErrorIsUsedAgain() {
    var error = "{\"error\":{\"message\":\"x\"}}";
    try (var harness =
        new ClientHarness(
            wire -> wire.json(200, error),
            wire -> wire.answer(200, "text/event-stream", "data: " + error + "\n\n"),
            wire -> wire.json(200, error))) {
      for (int i = 0; i < 3; i++) {
        harness.client.call(Calls.of(Calls.streaming("")), new RecordingSink());
      }
      assertEquals(1, harness.provider.connections());
    }
  }
}
