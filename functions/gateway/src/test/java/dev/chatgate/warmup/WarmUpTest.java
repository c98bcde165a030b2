package dev.chatgate.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.warmup.WarmUp.Transports;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarmUpTest {
  private static final Duration AMPLE = Duration.ofMinutes(1);
  private static final Transports TLS = new Transports(true, true);
  private static final int RARE = WarmUpRequest.rare("").size();
  private static final int REQUESTS = WarmUpRequest.FREQUENT.size() + RARE;

  /** Three requests of the ledger and one of the provider. */
  private static final int REQUESTS_A_CALL = 4;

  enum Side {
    STREAM(() -> new StreamWarmUp(StreamHandler::new)),
    API(() -> new ApiWarmUp(ApiHandler::new));

    @SuppressWarnings("ImmutableEnumChecker")
    private final WarmUp.Entries entry;

    Side(WarmUp.Entries entry) {
      this.entry = entry;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRequestIsAnsweredAsExpected(Side door) throws Exception {
    assertEquals(REQUESTS, WarmUp.run(door.entry, TLS, 1, AMPLE).calls());
  }

  @ParameterizedTest
  @EnumSource
  void aFrequentRequestSendsTheSameRequestsAsARealCall(Side door) throws Exception {
    var one = WarmUp.run(door.entry, TLS, 1, AMPLE);
    var three = WarmUp.run(door.entry, TLS, 3, AMPLE);

    int calls = three.calls() - one.calls();
    assertEquals(2 * WarmUpRequest.FREQUENT.size(), calls);
    assertEquals(calls * REQUESTS_A_CALL, three.requests() - one.requests());
  }

  @ParameterizedTest
  @EnumSource
  void everyRequestOfManyRoundsIsAnswered(Side door) throws Exception {
    int rounds = 48;
    var outcome = WarmUp.run(door.entry, new Transports(false, false), rounds, AMPLE);
    assertEquals(rounds, outcome.rounds());
    assertEquals(rounds * WarmUpRequest.FREQUENT.size() + rounds / 16 * RARE, outcome.calls());
  }

  @ParameterizedTest
  @EnumSource
  void theTransportOfTheRealCallsIsUsed(Side door) throws Exception {
    assertEquals(REQUESTS, WarmUp.run(door.entry, new Transports(false, true), 1, AMPLE).calls());
    assertEquals(REQUESTS, WarmUp.run(door.entry, new Transports(true, false), 1, AMPLE).calls());
  }

  @Test
  void noCallIsStartedAfterTheTimeLimit() throws Exception {
    assertEquals(
        0, WarmUp.run(() -> new StreamWarmUp(StreamHandler::new), TLS, 1, Duration.ZERO).calls());
  }

  @Test
  void noLogLineIsWritten() throws Exception {
    var console = System.out;
    var captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      var _ = WarmUp.run(Side.API.entry, TLS, 1, AMPLE);
    } finally {
      System.setOut(console);
    }
    assertEquals("", captured.toString(StandardCharsets.UTF_8));
  }
}
