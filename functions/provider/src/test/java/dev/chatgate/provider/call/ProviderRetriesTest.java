package dev.chatgate.provider.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repeats and the change of the key, counted at the provider. */
class ProviderRetriesTest {
  private static final String OK = "{\"choices\":[]}";
  private static final String STREAM =
      "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

  /** Keys that change once. */
  private static final class Rotating implements ProviderKeys {
    private final List<ProviderKey> refused = new ArrayList<>();
    private final ProviderKey next;

    Rotating(String next) {
      this.next = new ProviderKey(next);
    }

    @Override
    public ProviderKey current() {
      return new ProviderKey("old");
    }

    @Override
    public ProviderKey replacing(ProviderKey refusedKey) {
      refused.add(refusedKey);
      return next;
    }
  }

  private static ClientHarness harness(int retries, ScriptedProvider.Script... scripts) {
    return new ClientHarness(
        ClientHarness.limits(2000, 20_000, 20_000, retries),
        ClientHarness.fixed(ClientHarness.KEY),
        scripts);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void aPassingFailureIsRepeated(int status) {
    try (var harness =
        harness(
            2,
            wire -> wire.json(status, "{}", "retry-after-ms: 5"),
            wire -> wire.json(status, "{}", "retry-after-ms: 5"),
            wire -> wire.stream(STREAM))) {
      assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(STREAM, harness.sink.text());
      assertEquals(3, harness.provider.requests().size());
    }
  }

  @Test
  void afterItsRepeatsTheFailureTellsTheClientNotToRepeat() {
    try (var harness = harness(2, wire -> wire.json(503, "{}", "retry-after-ms: 5"))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(ErrorCode.UPSTREAM_OVERLOADED, failed.error().code());
      assertTrue(failed.error().retryUseless());
      assertEquals(Optional.of(Duration.ofMillis(5)), failed.error().retryAfter());
      assertEquals(3, harness.provider.requests().size());
    }
  }

  @Test
  void aWaitThatIsTooLongIsTheClients() {
    try (var harness = harness(2, wire -> wire.json(429, "{}", "retry-after: 11"))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(Optional.of(Duration.ofSeconds(11)), failed.error().retryAfter());
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void aWaitBeyondTheDeadlineIsNotBegun() {
    try (var harness = harness(2, wire -> wire.json(429, "{}", "retry-after: 2"))) {
      var call = Calls.of(Calls.PLAIN, Optional.empty(), Duration.ofMillis(1500));
      assertInstanceOf(Failed.class, harness.call(call));
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 402, 403, 404, 408, 409, 422, 501})
  void nothingElseIsRepeated(int status) {
    try (var harness = harness(2, wire -> wire.json(status, "{}"))) {
      harness.call(Calls.PLAIN);
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void nothingIsRepeatedAfterTheAnswerHasBegun() {
    try (var harness = harness(2, wire -> wire.streamHead().close())) {
      assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void aConnectionLostWithTheRequestOnItIsNotRepeated() {
    try (var harness = harness(2, Wire::reset)) {
      assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void aFailureToConnectIsRepeated() throws Exception {
    int port;
    try (var taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    var settings =
        new ProviderSettings(
            java.net.URI.create("http://127.0.0.1:" + port),
            Duration.ofSeconds(1),
            Duration.ofSeconds(9),
            Duration.ofSeconds(9),
            2);
    try (var client =
        new ProviderClient(
            settings,
            ClientHarness.fixed(ClientHarness.KEY),
            java.time.InstantSource.system(),
            new java.util.Random(1),
            Calls.COUNTERS)) {
      long started = System.nanoTime();
      var failed =
          assertInstanceOf(
              Failed.class, client.call(Calls.of(Calls.PLAIN), new RecordingSink()).outcome());
      assertEquals(ErrorCode.UPSTREAM_ERROR, failed.error().code());
      assertTrue(failed.error().retryUseless());
      assertTrue(System.nanoTime() - started > 600_000_000L, "two back-offs of half at least");
    }
  }

  @Test
  void aKeyThatWasReplacedIsUsedOnceMore() {
    var keys = new Rotating("new");
    try (var harness =
        new ClientHarness(
            ClientHarness.limits(2000, 9000, 9000, 0),
            keys,
            wire -> wire.json(401, "{\"error\":{\"message\":\"Incorrect API key: old\"}}"),
            wire -> wire.json(200, OK))) {
      assertInstanceOf(Answered.class, harness.call(Calls.PLAIN));
      assertEquals("Bearer new", harness.provider.requests().get(1).header("authorization"));
      assertEquals(List.of(new ProviderKey("old")), keys.refused);
    }
  }

  @Test
  void aReplacedKeyThatIsRefusedTooIsTheEnd() {
    var keys = new Rotating("new");
    try (var harness =
        new ClientHarness(
            ClientHarness.limits(2000, 9000, 9000, 2), keys, wire -> wire.json(401, "{}"))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(ErrorCode.UPSTREAM_AUTH, failed.error().code());
      assertEquals(2, harness.provider.requests().size());
      assertEquals(1, keys.refused.size());
    }
  }

  @Test
  void theSameKeyIsNotTriedTwice() {
    try (var harness =
        new ClientHarness(
            ClientHarness.limits(2000, 9000, 9000, 2),
            new Rotating("old"),
            wire -> wire.json(401, "{}"))) {
      assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void withoutAKeyNothingIsSent() {
    var none =
        new ProviderKeys() {
          @Override
          public ProviderKey current() {
            throw new ProviderKeyUnavailableException("no secret", new RuntimeException());
          }

          @Override
          public ProviderKey replacing(ProviderKey refused) {
            return refused;
          }
        };
    try (var harness =
        new ClientHarness(
            ClientHarness.limits(2000, 9000, 9000, 2), none, wire -> wire.json(200, OK))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(ErrorCode.UPSTREAM_AUTH, failed.error().code());
      assertEquals(0, harness.provider.connections());
      assertEquals(Optional.empty(), harness.client.models(Duration.ofSeconds(1)));
    }
  }
}
