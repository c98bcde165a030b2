package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.HttpEvents;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.HeaderFields;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The properties that must hold for any bytes as an event, at both entries: they are answered, not
 * with a 500, and nothing is reserved. The only tenant may use no model, so that no request reaches
 * the provider.
 */
final class EventFuzz {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Set<Integer> STATUSES = Set.of(200, 204, 400, 401, 403, 404, 405, 413, 415);

  private final GatewayHarness harness;
  private final RequestPipeline gateway;

  EventFuzz() {
    try {
      harness = new GatewayHarness();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gateway =
        harness
            .tenant("{\"id\":\"acme\",\"models\":[]}")
            .origins("https://good.example")
            .maxBodyBytes(500)
            .offline()
            .gateway();
  }

  void check(byte[] event) {
    checkAnswer(HttpEvents.read(StreamHandler.DOOR, event, NOW, NOW));
    checkAnswer(
        HttpEvents.read(ApiHandler.DOOR, new ByteArrayInputStream(event), NOW, Instant.MAX));
    assertEquals(List.of(), harness.ledger.claims(), "something was reserved");
    harness.logged.reset();
  }

  private static void assertWritten(BufferedResponse response) {
    var out = new ByteArrayOutputStream();
    try {
      response.writeTo(out);
      assertEquals(
          response.status(),
          new ObjectMapper().readTree(out.toByteArray()).get("statusCode").asInt());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void checkAnswer(HttpEvents.Read read) {
    var response = new BufferedResponse();
    if (read instanceof HttpEvents.Read.Call(var request)) {
      gateway.handle(request, response);
    } else {
      gateway.answerUnknownEvent(response);
    }
    assertWritten(response);
    assertTrue(STATUSES.contains(response.status()), () -> response.status() + harness.log());
    assertTrue(
        response.headers().values().stream().allMatch(HeaderFields::isValue),
        () -> response.headers().toString());
    assertTrue(response.headers().getOrDefault("x-request-id", "").startsWith("req_"));
    // Beside the line of the call there may be some with refusals that were counted.
    assertTrue(harness.log().lines().allMatch(line -> line.length() < 8192), "a long log line");
  }
}
