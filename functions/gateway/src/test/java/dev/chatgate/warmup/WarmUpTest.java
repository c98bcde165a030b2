package dev.chatgate.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.warmup.WarmUp.Ways;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarmUpTest {
  private static final Duration AMPLE = Duration.ofMinutes(1);
  private static final Ways SECURE = new Ways(true, true);
  private static final int SCENES = WarmUpRequest.OFTEN.size() + WarmUpRequest.SELDOM.size();

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
  void everySceneIsAnsweredAsItShouldBe(Side door) throws Exception {
    assertEquals(SCENES, WarmUp.run(door.entry, SECURE, 1, AMPLE).calls());
  }

  @ParameterizedTest
  @EnumSource
  void aUsualCallAsksForNothingButWhatARealOneWould(Side door) throws Exception {
    var one = WarmUp.run(door.entry, SECURE, 1, AMPLE);
    var three = WarmUp.run(door.entry, SECURE, 3, AMPLE);

    int calls = three.calls() - one.calls();
    assertEquals(2 * WarmUpRequest.OFTEN.size(), calls);
    assertEquals(calls * REQUESTS_A_CALL, three.requests() - one.requests());
  }

  /** Tenants, items and answers change their shapes as rounds go by: each meets every scene. */
  @ParameterizedTest
  @EnumSource
  void everySceneIsAnsweredInEveryShape(Side door) throws Exception {
    int rounds = 160;
    int seldom = rounds / 16 * WarmUpRequest.SELDOM.size();
    assertEquals(
        rounds * WarmUpRequest.OFTEN.size() + seldom,
        WarmUp.run(door.entry, new Ways(false, false), rounds, AMPLE).calls());
  }

  @ParameterizedTest
  @EnumSource
  void theWayOfTheRealCallsIsTaken(Side door) throws Exception {
    assertEquals(SCENES, WarmUp.run(door.entry, new Ways(false, true), 1, AMPLE).calls());
    assertEquals(SCENES, WarmUp.run(door.entry, new Ways(true, false), 1, AMPLE).calls());
  }

  @Test
  void nothingIsBegunWhenTheTimeIsUp() throws Exception {
    assertEquals(
        0,
        WarmUp.run(() -> new StreamWarmUp(StreamHandler::new), SECURE, 1, Duration.ZERO).calls());
  }

  @Test
  void noLineOfItReachesTheLog() throws Exception {
    var console = System.out;
    var captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      var _ = WarmUp.run(Side.API.entry, SECURE, 1, AMPLE);
    } finally {
      System.setOut(console);
    }
    assertEquals("", captured.toString(StandardCharsets.UTF_8));
  }
}
