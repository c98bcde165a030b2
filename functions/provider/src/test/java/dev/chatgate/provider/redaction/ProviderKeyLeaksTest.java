package dev.chatgate.provider.redaction;

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
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of our keys in what a provider sends: it never reaches a tenant. */
class ProviderKeyLeaksTest {
  private static final String DELTA =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"he\"}}]}\n\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"message\":{\"content\":\"sk-provider-secret\"}}]%s}",
        "{\"choices\":[{\"message\":{\"content\":\"\\u0073k-provider-\\u0053ecret \\u0073\\u006B-provider-secret\"}}]%s}",
        "{\"sk-provider-secret\":1,\"choices\":[{\"message\":{\"content\":\"a\"}}]%s}",
        "{\"id\":\"{\\\"key\\\":\\\"sk\\\\u002dprovider-secret\\\"}\",\"choices\":[{\"finish_reason\":\"a\"}]%s}",
        "{\"choices\":[{\"finish_reason\":\"sk-provider-secret\"}]%s}"
      })
  void aPlainAnswerThatHoldsItIsNotPassedAndIsCharged(String form) {
    for (String usage : List.of("", ",\"usage\":{\"prompt_tokens\":6,\"completion_tokens\":2}")) {
      try (var harness = new ClientHarness(wire -> wire.json(200, form.replace("%s", usage)))) {
        var heard = new ArrayList<String>();
        var failed = assertInstanceOf(Failed.class, heardCall(harness, Calls.PLAIN, heard));
        assertEquals(ErrorCode.UPSTREAM_AUTH, failed.error().code());
        assertEquals(0, harness.sink.status());
        assertEquals(List.of(), heard);
        assertEquals(
            usage.isEmpty() ? Calls.PROMPT_ESTIMATE : 6, failed.consumption().counts().prompt());
      }
    }
  }

  private static ProviderOutcome heardCall(ClientHarness harness, String body, List<String> heard) {
    var result = harness.client.call(Calls.of(body), harness.sink);
    heard.addAll(result.finishReasons());
    return result.outcome();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 4096})
  void aStreamThatHoldsItEndsWithAnErrorEvent(int size) {
    for (String bad :
        List.of(
            ": sk-provider-secret\n\n",
            "event: \\u0073k-provider-secret\n\n",
            "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"sk-provider-secret\"}]}\n\n",
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":6,\"completion_tokens\":2,\"k\":\"sk-provider-secret\"}}\n\n")) {
      byte[] stream = (DELTA + bad + DELTA).getBytes(StandardCharsets.UTF_8);
      try (var harness =
          new ClientHarness(wire -> wire.streamHead().chunks(stream, size).endChunks())) {
        var heard = new ArrayList<String>();
        var answered =
            assertInstanceOf(Answered.class, heardCall(harness, Calls.streaming(""), heard));
        assertEquals(Optional.of(ErrorCode.UPSTREAM_AUTH), answered.brokenBy());
        assertTrue(harness.sink.text().startsWith(DELTA + "event: error\ndata: {\"error\":"));
        assertFalse(harness.sink.text().contains("provider-secret"));
        assertEquals(List.of(), heard);
        assertFalse(answered.consumption().toString().contains("provider-secret"));
      }
    }
  }

  @Test
  void aStreamThatBeginsWithItIsAnErrorWithItsStatus() {
    try (var harness = new ClientHarness(wire -> wire.stream(": sk-provider-secret\n" + DELTA))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.streaming("")));
      assertEquals(ErrorCode.UPSTREAM_AUTH, failed.error().code());
      assertEquals(0, harness.sink.status());
    }
  }

  @Test
  void usageThatHoldsItCountsAndIsNotKept() {
    var usage = "{\"prompt_tokens\":6,\"completion_tokens\":2,\"k\":\"sk-provider-secret\"}";
    var body = "{\"choices\":[],\"usage\":" + usage + "}";
    try (var harness = new ClientHarness(wire -> wire.json(200, body))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(
          new Consumption.Measured(
              new TokenCounts(6, 0, 2), "{\"prompt_tokens\":6,\"completion_tokens\":2}"),
          failed.consumption());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"detail\":\"bad: sk-provider-secret\"}",
        "{\"detail\":\"bad: \\u0073k-provider-secret\"}",
        "{\"error\":{\"message\":\"x\"},\"echo\":\"sk\\u002Dprovider-secret\"}"
      })
  void aRefusalThatHoldsItIsNotPassed(String body) {
    try (var harness = new ClientHarness(wire -> wire.json(400, body))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(ErrorCode.UPSTREAM_AUTH, failed.error().code());
    }
  }

  @Test
  void aHeaderThatHoldsItIsNotPassed() {
    try (var harness =
        new ClientHarness(
            wire -> wire.answer(400, "application/json; k=sk-provider-secret", "{\"a\":1}"))) {
      var passed = assertInstanceOf(PassedThrough.class, harness.call(Calls.PLAIN));
      assertEquals("application/json", passed.contentType());
    }
  }

  @Test
  void theKeysBeforeAndAfterTheCallsOwnAreSearchedForToo() {
    var keys =
        new ProviderKeys() {
          @Override
          public ProviderKey current() {
            return new ProviderKey("sk-the-first-one");
          }

          @Override
          public ProviderKey replacing(ProviderKey refused) {
            return new ProviderKey("sk-the-second-one");
          }
        };
    for (String key : List.of("sk-the-first-one", "sk-the-second-one")) {
      try (var harness =
          new ClientHarness(
              ClientHarness.limits(2000, 9000, 9000, 0),
              keys,
              wire -> wire.json(401, "{}"),
              wire -> wire.json(200, "{\"choices\":[],\"k\":\"" + key + "\"}"))) {
        var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
        assertEquals(ErrorCode.UPSTREAM_AUTH, failed.error().code());
        assertEquals(2, harness.provider.requests().size());
      }
    }
  }

  @Test
  void aListOfModelsThatHoldsItIsNone() {
    var list = "{\"data\":[{\"id\":\"sk-provider-secret\"}]}";
    try (var harness = new ClientHarness(wire -> wire.json(200, list))) {
      assertEquals(Optional.empty(), harness.client.models(Duration.ofSeconds(20)));
    }
  }
}
