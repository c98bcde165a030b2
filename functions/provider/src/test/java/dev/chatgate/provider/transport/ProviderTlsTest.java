package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.usage.Consumption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProviderTlsTest {
  /** The extension supported_versions (RFC 8446, 4.2.1) with TLS 1.3 and 1.2 and nothing else. */
  private static final String VERSIONS = "002b00050403040303";

  @Test
  void tls12And13AreOfferedWhateverTheRuntimeAllows() throws Exception {
    try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var hello =
          CompletableFuture.supplyAsync(
              () -> firstRecord(server), task -> Thread.ofVirtual().start(task));
      var second = Duration.ofSeconds(5);
      var settings =
          new ProviderSettings(
              URI.create("https://localhost:" + server.getLocalPort()), second, second, second, 0);
      try (var client =
          new ProviderClient(
              settings,
              ClientHarness.fixed(ClientHarness.KEY),
              InstantSource.system(),
              new Random(1),
              Calls.COUNTERS)) {
        var outcome = client.call(Calls.of(Calls.PLAIN), new RecordingSink()).outcome();
        assertEquals(
            new Consumption.Nothing(), assertInstanceOf(Failed.class, outcome).consumption());
        assertTrue(hello.get(10, TimeUnit.SECONDS).contains(VERSIONS));
      }
    }
  }

  private static String firstRecord(ServerSocket server) {
    try (var socket = server.accept()) {
      var in = socket.getInputStream();
      byte[] head = in.readNBytes(5);
      int length = (head[3] & 0xFF) << 8 | (head[4] & 0xFF);
      return HexFormat.of().formatHex(in.readNBytes(length));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
