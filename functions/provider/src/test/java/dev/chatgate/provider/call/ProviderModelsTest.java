package dev.chatgate.provider.call;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.testkit.Wire;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderModelsTest {
  private static final String LIST = "{\"object\":\"list\",\"data\":[]}\n";

  @Test
  void theListComesAsItIs() {
    try (var harness = new ClientHarness(wire -> wire.json(200, LIST))) {
      assertArrayEquals(
          LIST.getBytes(StandardCharsets.UTF_8),
          harness.client.models(Duration.ofSeconds(5)).orElseThrow());
      var request = harness.provider.requests().getFirst();
      assertTrue(request.head().startsWith("GET /openai/v1/models HTTP/1.1\r\n"));
      assertEquals("Bearer sk-provider-secret", request.header("authorization"));
    }
  }

  @Test
  void anythingElseIsNoList() {
    try (var harness =
        new ClientHarness(
            wire -> wire.json(404, LIST),
            wire -> wire.answer(200, "text/html", "<html>"),
            wire -> wire.raw("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{").close(),
            Wire::reset)) {
      for (int i = 0; i < 4; i++) {
        assertEquals(Optional.empty(), harness.client.models(Duration.ofSeconds(5)));
      }
    }
  }

  @Test
  void aListThatTakesTooLongIsNone() {
    try (var harness = new ClientHarness(Wire::stall)) {
      long started = System.nanoTime();
      assertEquals(Optional.empty(), harness.client.models(Duration.ofMillis(200)));
      assertTrue(Duration.ofNanos(System.nanoTime() - started).toMillis() < 5000);
    }
  }

  @Test
  void connectionsCanBeForgottenAndComeBack() {
    try (var harness = new ClientHarness(wire -> wire.json(200, LIST))) {
      assertTrue(harness.client.models(Duration.ofSeconds(5)).isPresent());
      harness.client.forgetConnections();
      assertTrue(harness.client.models(Duration.ofSeconds(5)).isPresent());
      assertEquals(2, harness.provider.connections());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://h/v1", "http://h/v1/", "http://h/v1//"})
  void theBaseUrlMayEndWithASlash(String base) {
    var second = Duration.ofSeconds(1);
    var settings = new ProviderSettings(URI.create(base), second, second, second, 0);
    assertEquals(URI.create("http://h/v1/models"), settings.url("/models"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://h/", "/v1", "h:80", "http:///v1"})
  void anAddressThatIsNoneIsRefused(String base) {
    var second = Duration.ofSeconds(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> new ProviderSettings(URI.create(base), second, second, second, 0));
  }
}
