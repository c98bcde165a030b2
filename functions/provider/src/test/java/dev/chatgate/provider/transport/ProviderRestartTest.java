package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderCall;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.Questions;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.usage.Consumption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider that ends, and is there again at the same address. */
class ProviderRestartTest {
  private static final int CONNECTIONS = 40;

  private static ClientHarness.Limits limits(int retries) {
    return ClientHarness.limits(10_000, 20_000, 20_000, retries);
  }

  private static void askAll(ProviderClient client) {
    var asked = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < CONNECTIONS; i++) {
      int number = i;
      asked.add(
          CompletableFuture.runAsync(
              () -> {
                var sink = new RecordingSink();
                var outcome = client.call(Questions.plain(number), sink).outcome();
                Questions.assertOwnAnswer(number, outcome, sink);
              },
              task -> Thread.ofVirtual().start(task)));
    }
    CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0])).join();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void callsAfterARestartDoNotMeetTheConnectionsFromBefore(boolean reset) throws IOException {
    var all = new CountDownLatch(CONNECTIONS);
    try (var harness =
        new ClientHarness(
            limits(0),
            new ScriptedProvider(wire -> {
              all.countDown();
              wire.await(all).json(200, Questions.answer(Questions.number(wire.request())));
            }))) {
      askAll(harness.client);
      assertEquals(CONNECTIONS, harness.provider.connections());
      harness.provider.end(reset);
      try (var again =
          ScriptedProvider.inPlaceOf(
              harness.provider,
              wire -> wire.json(200, Questions.answer(Questions.number(wire.request()))))) {
        askAll(harness.client);
        assertEquals(CONNECTIONS, again.requests().size());
      }
    }
  }

  /** A server that resets its first connection in the middle of the request, and then answers. */
  private static final class Resetting implements AutoCloseable {
    private final ServerSocket server = new ServerSocket();

    Resetting() throws IOException {
      server.setReceiveBufferSize(4096);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
      Thread.ofVirtual().start(this::serve);
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1");
    }

    private void serve() {
      try (var first = server.accept()) {
        var _ = first.getInputStream().readNBytes(1000);
        first.setSoLinger(true, 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      try (var second = server.accept()) {
        answer(second);
      } catch (IOException e) {
        // No second request came.
      }
    }

    private static void answer(Socket socket) throws IOException {
      var in = socket.getInputStream();
      byte[] part = new byte[64 * 1024];
      int read = in.read(part);
      while (read >= 0 && !new String(part, 0, read, StandardCharsets.US_ASCII).endsWith(":9}")) {
        read = in.read(part);
      }
      socket.getOutputStream().write(Questions.http(7).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  /** Its length does not fit into the buffers of both sides. */
  private static ProviderCall large() {
    var text = "hello ".repeat(2_000_000);
    return Calls.of(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + text
            + "\"}],\"max_tokens\":9}");
  }

  @Test
  void aRequestOfWhichAPartIsUnsentIsSentAgain() throws IOException {
    try (var server = new Resetting();
        var client =
            ClientHarness.client(server.url(), limits(2), ClientHarness.fixed(ClientHarness.KEY))) {
      var sink = new RecordingSink();
      Questions.assertOwnAnswer(7, client.call(large(), sink).outcome(), sink);
    }
  }

  @Test
  void withoutRetriesItIsNotSentAgainAndNotCharged() throws IOException {
    try (var server = new Resetting();
        var client =
            ClientHarness.client(server.url(), limits(0), ClientHarness.fixed(ClientHarness.KEY))) {
      var failed =
          assertInstanceOf(Failed.class, client.call(large(), new RecordingSink()).outcome());
      assertEquals(ErrorCode.UPSTREAM_ERROR, failed.error().code());
      assertEquals(new Consumption.Nothing(), failed.consumption());
    }
  }

  /** It may have been worked on, however the connection ends. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRequestThatWasReadIsNotSentAgainAndIsCharged(boolean reset) {
    try (var harness =
        new ClientHarness(
            wire -> wire.json(200, Questions.answer(1)),
            wire -> {
              if (reset) {
                wire.reset();
              } else {
                wire.close();
              }
            })) {
      assertInstanceOf(
          ProviderOutcome.Answered.class,
          harness.client.call(Questions.plain(1), new RecordingSink()).outcome());
      var failed =
          assertInstanceOf(
              Failed.class, harness.client.call(Questions.plain(2), new RecordingSink()).outcome());
      assertEquals(ErrorCode.UPSTREAM_ERROR, failed.error().code());
      assertInstanceOf(Consumption.Estimated.class, failed.consumption());
      assertEquals(2, harness.provider.requests().size());
      assertEquals(1, harness.provider.connections());
    }
  }
}
