package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each way of failing becomes, without repeats. */
class ProviderErrorsTest {
  private static ClientHarness harness(ScriptedProvider.Script... scripts) {
    return new ClientHarness(
        ClientHarness.limits(5000, 20_000, 20_000, 0),
        ClientHarness.fixed(ClientHarness.KEY),
        scripts);
  }

  private static Failed assertFailed(ErrorCode code, ProviderOutcome outcome) {
    var failed = assertInstanceOf(Failed.class, outcome);
    assertEquals(code, failed.error().code());
    return failed;
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 413, 415, 422})
  void aRefusalOfTheTenantsRequestPassesUnchanged(int status) {
    var body = "{ \"error\": {\"message\":\"zu lang\",\"code\":\"context_length_exceeded\"} }\n";
    for (String request : new String[] {Calls.PLAIN, Calls.streaming("")}) {
      try (var harness = harness(wire -> wire.json(status, body))) {
        var passed = assertInstanceOf(PassedThrough.class, harness.call(request));
        assertEquals(status, passed.status());
        assertArrayEquals(body.getBytes(StandardCharsets.UTF_8), passed.body());
        assertEquals("application/json", passed.contentType());
        assertEquals(new Consumption.Nothing(), passed.consumption());
        assertEquals(0, harness.sink.status());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>no</html>", "", "{\"error\":", "{} trailing"})
  void aRefusalThatIsNotJsonIsNotPassed(String body) {
    try (var harness = harness(wire -> wire.answer(400, "text/html", body))) {
      var failed = assertFailed(ErrorCode.UPSTREAM_INVALID_RESPONSE, harness.call(Calls.PLAIN));
      assertEquals(new Consumption.Nothing(), failed.consumption());
    }
  }

  @Test
  void aRefusalThatIsCutIsNotPassed() {
    try (var harness =
        harness(wire ->
            wire.raw("HTTP/1.1 400 No\r\ncontent-length: 50\r\n\r\n{\"error\":1}").close())) {
      assertFailed(ErrorCode.UPSTREAM_INVALID_RESPONSE, harness.call(Calls.PLAIN));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"code\":400,\"message\":\"API key not valid. Please pass a valid API key.\"}}",
        "[{\"error\":{\"message\":\"API key expired. Please renew the API key.\"}}]",
        "{\"error\":{\"message\":\"x\",\"code\":\"invalid_api_key\"}}",
        "{\"error\":{\"message\":\"x\",\"type\":\"Authentication-Error\"}}",
        "{\"detail\":\"bad: sk-provider-secret\"}"
      })
  void aRefusalOfOurKeyIsNotPassedWhateverItsStatus(String body) {
    try (var harness = harness(wire -> wire.json(400, body))) {
      var failed = assertFailed(ErrorCode.UPSTREAM_AUTH, harness.call(Calls.PLAIN));
      assertFalse(failed.toString().contains("sk-"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "301,UPSTREAM_INVALID_RESPONSE,502",
    "302,UPSTREAM_INVALID_RESPONSE,502",
    "307,UPSTREAM_INVALID_RESPONSE,502",
    "204,UPSTREAM_ERROR,502",
    "202,UPSTREAM_ERROR,502",
    "401,UPSTREAM_AUTH,502",
    "402,UPSTREAM_AUTH,502",
    "403,UPSTREAM_AUTH,502",
    "405,UPSTREAM_ERROR,502",
    "408,UPSTREAM_TIMEOUT,504",
    "418,UPSTREAM_ERROR,502",
    "429,UPSTREAM_OVERLOADED,503",
    "500,UPSTREAM_ERROR,502",
    "501,UPSTREAM_ERROR,502",
    "502,UPSTREAM_ERROR,502",
    "503,UPSTREAM_OVERLOADED,503",
    "504,UPSTREAM_TIMEOUT,504",
    "529,UPSTREAM_ERROR,502"
  })
  void everyOtherStatusIsAnErrorOfOurs(int status, ErrorCode code, int ours) {
    var body = "{\"error\":{\"message\":\"secret words\"}}";
    try (var harness =
        harness(wire -> wire.json(status, status == 204 ? "" : body, "location: http://x/"))) {
      var failed = assertFailed(code, harness.call(Calls.PLAIN));
      assertEquals(ours, failed.error().status());
      assertFalse(failed.error().message().contains("secret"));
      assertEquals(new Consumption.Nothing(), failed.consumption());
      assertEquals(code == ErrorCode.UPSTREAM_OVERLOADED, failed.error().retryAfter().isPresent());
      assertFalse(failed.error().retryUseless());
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "retry-after: 7,7000",
    "retry-after-ms: 1500,1500",
    "retry-after: 0.2,200",
    "retry-after: 99999999,86400000",
    "retry-after: 1000000000,86400000",
    "retry-after-ms: 1000000000,86400000",
    "retry-after: soon,2000",
    "x: y,2000"
  })
  void theProvidersWaitIsHandedOn(String header, long millis) {
    try (var harness = harness(wire -> wire.json(429, "{}", header))) {
      var failed = assertFailed(ErrorCode.UPSTREAM_OVERLOADED, harness.call(Calls.PLAIN));
      assertEquals(Optional.of(Duration.ofMillis(millis)), failed.error().retryAfter());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<html>hello</html>", "", "{\"choices\":[{\"mess", "{}{}", "NaN", "\u0000"})
  void aPlainAnswerThatIsNotJsonIsNamed(String body) {
    try (var harness = harness(wire -> wire.json(200, body))) {
      var failed = assertFailed(ErrorCode.UPSTREAM_INVALID_RESPONSE, harness.call(Calls.PLAIN));
      var estimated = assertInstanceOf(Consumption.Estimated.class, failed.consumption());
      assertEquals(Calls.PROMPT_ESTIMATE, estimated.counts().prompt());
      boolean partOfAnAnswer = body.startsWith("{");
      assertEquals(partOfAnAnswer, estimated.counts().completion() > 0, body);
      assertEquals(0, harness.sink.status());
    }
  }

  @Test
  void aPlainAnswerThatIsCutIsIncompleteAndItsUsageCounts() {
    var part = "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1},\"choices\":[{\"me";
    try (var harness =
        harness(
            wire -> wire.raw("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n" + part).close())) {
      var failed = assertFailed(ErrorCode.UPSTREAM_INCOMPLETE, harness.call(Calls.PLAIN));
      assertEquals(new TokenCounts(5, 0, 1), failed.consumption().counts());
    }
  }

  @Test
  void aPlainAnswerTooLargeToHoldIsNamed() {
    byte[] block = "  ".repeat(512 * 1024).getBytes(StandardCharsets.UTF_8);
    try (var harness =
        harness(wire -> {
          wire.raw("HTTP/1.1 200 OK\r\n\r\n{");
          for (int i = 0; i < 40; i++) {
            wire.raw(block);
          }
        })) {
      assertFailed(ErrorCode.RESPONSE_TOO_LARGE, harness.call(Calls.PLAIN));
    }
  }

  @Test
  void aLargePlainAnswerWithinTheLimitPasses() {
    var body = "{\"choices\":[{\"message\":{\"content\":\"" + "a".repeat(9_000_000) + "\"}}]}";
    try (var harness = harness(wire -> wire.json(200, body))) {
      assertInstanceOf(Answered.class, harness.call(Calls.PLAIN));
      assertArrayEquals(body.getBytes(StandardCharsets.UTF_8), harness.sink.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "close", "garbage"})
  void aConnectionLostBeforeTheAnswerCostsThePrompt(String how) {
    try (var harness =
        harness(wire -> {
          switch (how) {
            case "reset" -> wire.reset();
            case "close" -> wire.close();
            default -> wire.raw("what?\r\n\r\n").close();
          }
        })) {
      var failed = assertFailed(ErrorCode.UPSTREAM_ERROR, harness.call(Calls.PLAIN));
      assertEquals(
          new Consumption.Estimated(new TokenCounts(Calls.PROMPT_ESTIMATE, 0, 0), Optional.empty()),
          failed.consumption());
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void noConnectionCostsNothing() throws Exception {
    // Bound and not listened on: connections are refused, and no other process can take the port.
    try (var refusing = new Socket()) {
      refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var url = URI.create("http://127.0.0.1:" + refusing.getLocalPort() + "/v1");
      var limits = ClientHarness.limits(5000, 5000, 5000, 0);
      try (var client =
          ClientHarness.client(url, limits, ClientHarness.fixed(new ProviderKey("sk-1")))) {
        var outcome = client.call(Calls.of(Calls.PLAIN), new RecordingSink()).outcome();
        var failed = assertFailed(ErrorCode.UPSTREAM_ERROR, outcome);
        assertEquals(new Consumption.Nothing(), failed.consumption());
      }
    }
  }

  @Test
  void aPlainAnswerWithoutUsageIsCounted() {
    try (var harness =
        harness(wire -> wire.json(200, "{\"choices\":[{\"message\":{\"content\":\"hello\"}}]}"))) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.PLAIN));
      var estimated = assertInstanceOf(Consumption.Estimated.class, outcome.consumption());
      assertEquals(Calls.PROMPT_ESTIMATE, estimated.counts().prompt());
      assertEquals(Calls.COUNTERS.forModel("m").count("hello"), estimated.counts().completion());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"line", "count"})
  void aHeadWithoutEndIsNoAnswer(String what) {
    var long1 = "x: " + "y".repeat(what.equals("line") ? 40_000 : 10) + "\r\n";
    try (var harness =
        harness(wire -> {
          wire.raw("HTTP/1.1 200 OK\r\n");
          while (true) {
            wire.raw(long1);
          }
        })) {
      assertFailed(ErrorCode.UPSTREAM_ERROR, harness.call(Calls.PLAIN));
    }
  }

  @Test
  void interimAnswersAreNotTheAnswer() {
    try (var harness =
        harness(wire ->
            wire.raw("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
                .json(200, "{\"choices\":[]}"))) {
      assertInstanceOf(Answered.class, harness.call(Calls.PLAIN));
      assertEquals("{\"choices\":[]}", harness.sink.text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"seconds", "milliseconds", "fractions", "iso", "date", "ms header"})
  void anInstantToWaitForIsHandedOnAsAWait(String form) {
    var then = Instant.now().plusSeconds(40);
    var header =
        switch (form) {
          case "seconds" -> "retry-after: " + then.getEpochSecond();
          case "milliseconds" -> "retry-after: " + then.toEpochMilli();
          case "fractions" -> "retry-after: " + then.getEpochSecond() + ".25";
          case "iso" -> "retry-after: " + then;
          case "date" ->
              "retry-after: "
                  + DateTimeFormatter.RFC_1123_DATE_TIME.format(then.atOffset(ZoneOffset.UTC));
          default -> "retry-after-ms: " + then.toEpochMilli();
        };
    try (var harness = harness(wire -> wire.json(429, "{}", header))) {
      var failed = assertFailed(ErrorCode.UPSTREAM_OVERLOADED, harness.call(Calls.PLAIN));
      long seconds = failed.error().retryAfter().orElseThrow().toSeconds();
      assertTrue(seconds >= 20 && seconds <= 41, form + " " + seconds);
    }
  }

  @Test
  void aRefusalOfAFewMegabytesPasses() {
    var body = "{\"error\":{\"message\":\"" + "x".repeat(4_000_000) + "\"}}";
    try (var harness = harness(wire -> wire.json(400, body))) {
      var passed = assertInstanceOf(PassedThrough.class, harness.call(Calls.PLAIN));
      assertEquals(body.length(), passed.body().length);
    }
    var larger = "{\"error\":{\"message\":\"" + "x".repeat(4_300_000) + "\"}}";
    try (var harness = harness(wire -> wire.json(400, larger))) {
      assertFailed(ErrorCode.UPSTREAM_INVALID_RESPONSE, harness.call(Calls.PLAIN));
    }
  }
}
