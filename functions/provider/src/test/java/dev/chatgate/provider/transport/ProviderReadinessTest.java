package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.secret.ProviderKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProviderReadinessTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final String ANSWER =
      "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}";

  @Test
  void aCallTakesTheConnectionThatWasMadeBesideIt() throws IOException {
    try (var harness = new ClientHarness(wire -> wire.json(200, ANSWER))) {
      var ready = harness.client.makeReady();
      ready.await(AMPLE);
      assertEquals(0, harness.provider.requests().size());

      assertInstanceOf(Answered.class, call(harness, ready));
      assertEquals(1, harness.provider.connections());
    }
  }

  @Test
  void aCallWaitsForTheConnectionThatIsBeingMade() {
    try (var harness = new ClientHarness(wire -> wire.json(200, ANSWER))) {
      assertInstanceOf(Answered.class, call(harness, harness.client.makeReady()));
      assertEquals(1, harness.provider.connections());
    }
  }

  @Test
  void afterAnAnswerThereIsNothingToMakeReady() {
    try (var harness = new ClientHarness(wire -> wire.json(200, ANSWER))) {
      assertInstanceOf(Answered.class, call(harness, ConnectionWarmUp.NOW));
      assertSame(ConnectionWarmUp.NOW, harness.client.makeReady());
    }
  }

  @Test
  void aConnectionThatWasJustMadeIsNotLookedAt() {
    try (var harness = new ClientHarness(wire -> wire.json(200, ANSWER))) {
      harness.client.connect();
      assertSame(ConnectionWarmUp.NOW, harness.client.makeReady());
    }
  }

  /** Each of its bytes comes in time, by the socket's own limit: the handshake would never end. */
  @Test
  void aHandshakeThatTricklesIsEndedByTheConnectLimit() throws Exception {
    var ended = new CountDownLatch(1);
    var key = ClientHarness.fixed(ClientHarness.KEY);
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var client =
            ClientHarness.client(
                URI.create("https://127.0.0.1:" + server.getLocalPort() + "/v1"),
                ClientHarness.limits(300, 5000, 5000, 0),
                key)) {
      Thread.startVirtualThread(() -> trickle(server, ended));
      assertThrows(UncheckedIOException.class, client::connect);
      assertTrue(ended.await(60, TimeUnit.SECONDS));
    }
  }

  /** The longest TLS record, a byte now and then, until the other side has gone. */
  private static void trickle(ServerSocket server, CountDownLatch ended) {
    try (var socket = server.accept()) {
      socket.getOutputStream().write(new byte[] {22, 3, 3, 64, 0});
      while (true) {
        socket.getOutputStream().write(1);
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      ended.countDown();
    }
  }

  @Test
  void aFailureToConnectIsTheCallsFirstTry() throws IOException {
    var key = ClientHarness.fixed(new ProviderKey("sk-test"));
    try (var client =
        ClientHarness.client(closedPort(), ClientHarness.limits(5000, 5000, 5000, 0), key)) {
      var outcome =
          client.call(Calls.of(Calls.PLAIN), client.makeReady(), new RecordingSink()).outcome();
      assertEquals(
          ErrorCode.UPSTREAM_ERROR, assertInstanceOf(Failed.class, outcome).error().code());
      assertThrows(UncheckedIOException.class, client::connect);
    }
  }

  @Test
  void aConnectionThatIsSlowToMakeDoesNotOutlastTheCall() {
    var never = new CountDownLatch(1);
    var total = Duration.ofMillis(200);
    try (var harness =
        new ClientHarness(
            ClientHarness.limits(60_000, 5000, 5000, 0), ClientHarness.fixed(ClientHarness.KEY))) {
      var ready = ConnectionWarmUp.begin(() -> never.await(60, TimeUnit.SECONDS));
      long began = System.nanoTime();
      var outcome =
          harness
              .client
              .call(Calls.of(Calls.PLAIN, Optional.empty(), total), ready, harness.sink)
              .outcome();
      assertTrue(System.nanoTime() - began < Duration.ofSeconds(30).toNanos());
      assertEquals(
          ErrorCode.UPSTREAM_TIMEOUT, assertInstanceOf(Failed.class, outcome).error().code());
    } finally {
      never.countDown();
    }
  }

  private static ProviderOutcome call(ClientHarness harness, ConnectionWarmUp ready) {
    return harness.client.call(Calls.of(Calls.PLAIN), ready, harness.sink).outcome();
  }

  private static URI closedPort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
    }
  }
}
