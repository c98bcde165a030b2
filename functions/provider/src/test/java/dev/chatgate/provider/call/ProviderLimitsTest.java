package dev.chatgate.provider.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.provider.transport.TimeLimit;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each time limit, met by a provider that is slow in another place. */
class ProviderLimitsTest {
  private static final long FAR = 20_000;
  private static final long NEAR = 300;
  private static final String DELTA =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";

  private static ClientHarness harness(
      ClientHarness.Limits limits, ScriptedProvider.Script... scripts) {
    return new ClientHarness(limits, ClientHarness.fixed(ClientHarness.KEY), scripts);
  }

  private static void assertSoon(long startedNanos) {
    var took = Duration.ofNanos(System.nanoTime() - startedNanos);
    assertTrue(took.toMillis() >= NEAR - 5 && took.toMillis() < FAR / 2, "took " + took);
  }

  private static Failed assertTimedOut(ProviderOutcome outcome, TimeLimit limit) {
    var failed = assertInstanceOf(Failed.class, outcome);
    assertEquals(ErrorCode.UPSTREAM_TIMEOUT, failed.error().code());
    assertEquals(limit.message(), failed.error().message());
    return failed;
  }

  private static void assertBroken(
      ClientHarness harness, ProviderOutcome outcome, TimeLimit limit) {
    var answered = assertInstanceOf(Answered.class, outcome);
    assertEquals(Optional.of(ErrorCode.UPSTREAM_TIMEOUT), answered.brokenBy());
    assertTrue(harness.sink.text().contains(limit.message()), harness.sink.text());
    assertTrue(harness.sink.over());
  }

  /** The client has many steps before the request is out, and not all of them end the same way. */
  @Test
  void aLimitThatPassesAtAnyMomentBeforeTheAnswerIsATimeOut() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    try (var harness = harness(ClientHarness.limits(FAR, FAR, FAR, 0), Wire::stall)) {
      for (int i = 0; i < 1_000; i++) {
        var total = Duration.ofNanos(random.nextInt(2_000_000));
        var outcome =
            harness
                .client
                .call(Calls.of(Calls.PLAIN, Optional.empty(), total), new RecordingSink())
                .outcome();
        var failed = assertInstanceOf(Failed.class, outcome, () -> "seed " + seed);
        assertEquals(ErrorCode.UPSTREAM_TIMEOUT, failed.error().code(), () -> "seed " + seed);
      }
    }
  }

  @Test
  void aProviderThatDoesNotAcceptMeetsTheConnectLimit() throws IOException {
    try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var waiting = fill(full);
      var outcome = callTo("http://127.0.0.1:" + full.getLocalPort());
      assertEquals(
          new Consumption.Nothing(), assertTimedOut(outcome, TimeLimit.CONNECT).consumption());
      for (var socket : waiting) {
        socket.close();
      }
    }
  }

  /** Connects until the queue of the socket is full and the next connection waits. */
  private static List<Socket> fill(ServerSocket full) throws IOException {
    var waiting = new ArrayList<Socket>();
    var address = new InetSocketAddress(full.getInetAddress(), full.getLocalPort());
    try {
      for (int i = 0; i < 50; i++) {
        var socket = new Socket();
        waiting.add(socket);
        socket.connect(address, 100);
      }
    } catch (SocketTimeoutException e) {
      // Full.
    }
    return waiting;
  }

  @Test
  void aHandshakeThatStallsMeetsTheConnectLimit() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var outcome = callTo("https://127.0.0.1:" + silent.getLocalPort());
      assertEquals(
          new Consumption.Nothing(), assertTimedOut(outcome, TimeLimit.CONNECT).consumption());
    }
  }

  private static ProviderOutcome callTo(String url) {
    var limits =
        new ProviderSettings(
            URI.create(url),
            Duration.ofMillis(NEAR),
            Duration.ofMillis(FAR),
            Duration.ofMillis(FAR),
            0);
    try (var client =
        new ProviderClient(
            limits,
            ClientHarness.fixed(ClientHarness.KEY),
            InstantSource.system(),
            new Random(1),
            Calls.COUNTERS)) {
      long started = System.nanoTime();
      var outcome = client.call(Calls.of(Calls.PLAIN), new RecordingSink()).outcome();
      assertSoon(started);
      return outcome;
    }
  }

  @Test
  void silenceMeetsTheFirstByteLimitOfAStream() {
    try (var harness = harness(ClientHarness.limits(FAR, NEAR, FAR, 2), Wire::stall)) {
      long started = System.nanoTime();
      var failed = assertTimedOut(harness.call(Calls.streaming("")), TimeLimit.FIRST_BYTE);
      assertSoon(started);
      assertEquals(
          new Consumption.Estimated(new TokenCounts(Calls.PROMPT_ESTIMATE, 0, 0), Optional.empty()),
          failed.consumption());
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void aHeadThatTricklesMeetsTheFirstByteLimit() {
    try (var harness =
        harness(
            ClientHarness.limits(FAR, NEAR, FAR, 2),
            wire -> {
              wire.raw("HTTP/1.1 200 OK\r\n");
              while (true) {
                wire.raw("x: y\r\n").pause(20);
              }
            })) {
      long started = System.nanoTime();
      assertTimedOut(harness.call(Calls.streaming("")), TimeLimit.FIRST_BYTE);
      assertSoon(started);
    }
  }

  @Test
  void aStallBehindTheHeadMeetsTheFirstByteLimitInTheStream() {
    try (var harness =
        harness(ClientHarness.limits(FAR, NEAR, FAR, 2), wire -> wire.streamHead().stall())) {
      long started = System.nanoTime();
      assertBroken(harness, harness.call(Calls.streaming("")), TimeLimit.FIRST_BYTE);
      assertSoon(started);
      assertTrue(harness.sink.text().startsWith("event: error\n"));
    }
  }

  @Test
  void aStallBetweenEventsMeetsTheIdleLimit() {
    try (var harness =
        harness(
            ClientHarness.limits(FAR, FAR, NEAR, 2),
            wire -> wire.streamHead().chunk(DELTA).stall())) {
      long started = System.nanoTime();
      assertBroken(harness, harness.call(Calls.streaming("")), TimeLimit.IDLE);
      assertSoon(started);
      assertTrue(harness.sink.text().startsWith(DELTA + "event: error\n"));
    }
  }

  @Test
  void aStallInTheMiddleOfAnEventMeetsTheIdleLimit() {
    try (var harness =
        harness(
            ClientHarness.limits(FAR, FAR, NEAR, 2),
            wire -> wire.streamHead().chunk(DELTA + "data: {\"cho").stall())) {
      assertBroken(harness, harness.call(Calls.streaming("")), TimeLimit.IDLE);
      assertTrue(harness.sink.text().startsWith(DELTA + "event: error\n"));
    }
  }

  @Test
  void aSlowStreamThatGoesOnMeetsNoIdleLimit() {
    try (var harness =
        harness(
            ClientHarness.limits(FAR, NEAR, NEAR, 2),
            wire -> {
              wire.streamHead();
              for (int i = 0; i < 15; i++) {
                wire.chunk(DELTA).pause(60);
              }
              wire.chunk("data: [DONE]\n\n").endChunks();
            })) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(Optional.empty(), outcome.brokenBy());
      assertEquals(DELTA.repeat(15) + "data: [DONE]\n\n", harness.sink.text());
    }
  }

  @Test
  void aStallBehindTheLastFinishReasonIsTheEnd() {
    var stop = "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\n";
    try (var harness =
        harness(
            ClientHarness.limits(FAR, FAR, NEAR, 2),
            wire -> wire.streamHead().chunk(stop).stall())) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(Optional.empty(), outcome.brokenBy());
      assertEquals(stop, harness.sink.text());
    }
  }

  @Test
  void aTrickleMeetsTheTotal() {
    try (var harness =
        harness(
            ClientHarness.limits(FAR, FAR, FAR, 2),
            wire -> {
              wire.streamHead();
              while (true) {
                wire.chunk("x").pause(20);
              }
            })) {
      long started = System.nanoTime();
      var call = Calls.of(Calls.streaming(""), Optional.empty(), Duration.ofMillis(5 * NEAR));
      assertBroken(harness, harness.call(call), TimeLimit.TOTAL);
      assertSoon(started);
    }
  }

  @Test
  void aPlainCallHasTheTotalAlone() {
    try (var harness =
        harness(
            ClientHarness.limits(FAR, 50, 50, 2),
            wire -> wire.pause(200).json(200, "{\"choices\":[]}"))) {
      assertInstanceOf(Answered.class, harness.call(Calls.PLAIN));
      assertEquals("{\"choices\":[]}", harness.sink.text());
    }
  }

  @Test
  void aPlainCallWithoutAnAnswerMeetsTheTotal() {
    try (var harness = harness(ClientHarness.limits(FAR, FAR, FAR, 2), Wire::stall)) {
      long started = System.nanoTime();
      var call = Calls.of(Calls.PLAIN, Optional.empty(), Duration.ofMillis(NEAR));
      var failed = assertTimedOut(harness.call(call), TimeLimit.TOTAL);
      assertSoon(started);
      assertInstanceOf(Consumption.Estimated.class, failed.consumption());
    }
  }

  @Test
  void aPlainBodyThatTricklesMeetsTheTotal() {
    try (var harness =
        harness(
            ClientHarness.limits(FAR, FAR, FAR, 2),
            wire -> {
              wire.raw("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{\"choices\":[");
              while (true) {
                wire.raw(" ").pause(20);
              }
            })) {
      var call = Calls.of(Calls.PLAIN, Optional.empty(), Duration.ofMillis(NEAR));
      assertTimedOut(harness.call(call), TimeLimit.TOTAL);
      assertEquals(0, harness.sink.status());
    }
  }

  @Test
  void aCallWhoseTimeIsUpIsNotMade() {
    try (var harness = new ClientHarness(Wire::stall)) {
      var call = Calls.of(Calls.PLAIN, Optional.empty(), Duration.ofMillis(-1));
      var failed = assertTimedOut(harness.call(call), TimeLimit.TOTAL);
      assertEquals(new Consumption.Nothing(), failed.consumption());
      assertEquals(0, harness.provider.connections());
    }
  }
}
