package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.entry.HttpEvents;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.time.Pause;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A third door needs only a {@link Door} value and an entry; all other code works unchanged. */
class MadeUpDoorTest {
  private final Instant now = Instant.now();

  /** Answers within two seconds, half a second of which is for settlement; paths are encoded. */
  private static final Door BALANCER =
      new Door(
          "balancer",
          Optional.of(Duration.ofSeconds(2)),
          Duration.ofMillis(500),
          Duration.ofMillis(300),
          true);

  private static final String EVENT =
      """
      {"rawPath": "/%76%31/chat/completions",
       "headers": {"authorization": "Bearer key", "content-type": "application/json"},
       "requestContext": {"timeEpoch": @, "http": {"method": "POST"}},
       "body": "{\\"model\\": \\"m\\", \\"messages\\": [{\\"role\\": \\"user\\", \\"content\\": \\"hi\\"}]}"}
      """;

  private GatewayHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness = new GatewayHarness();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /** The entry of the third door. */
  private BufferedResponse enter(Instant latest) throws Exception {
    var event = EVENT.replace("@", Long.toString(now.toEpochMilli())).getBytes(UTF_8);
    var response = new BufferedResponse();
    if (HttpEvents.read(BALANCER, event, now, latest) instanceof HttpEvents.Read.Call(var call)) {
      harness.gateway().handle(call, response);
    }
    return response;
  }

  @Test
  void callsAreAnsweredAndSettled() throws Exception {
    var answer = enter(now.plusSeconds(60));
    assertEquals(200, answer.status());
    assertEquals(GatewayHarness.PLAIN_ANSWER, new String(answer.body(), UTF_8));
    assertEquals(5, harness.ledger.theSettlement().consumption().counts().total());
    assertTrue(harness.log().contains("\"door\":\"balancer\""), harness.log());
  }

  @Test
  void theDoorsTimeLimitsTheProviderCall() throws Exception {
    harness.provider(call -> Pause.SLEEP.pause(Duration.ofSeconds(4)));
    var began = Instant.now();
    var answer = enter(now.plusSeconds(60));
    assertEquals(504, answer.status());
    assertTrue(Duration.between(began, Instant.now()).compareTo(Duration.ofSeconds(3)) < 0);
  }

  @Test
  void theReservationEndsWithTheDoorsTime() throws Exception {
    enter(now.plusSeconds(60));
    assertEquals(Duration.ofSeconds(2), harness.ledger.claims().getFirst().callLimit());
  }
}
