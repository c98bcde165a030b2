package dev.chatgate.gateway;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * The decoders of both entries' events, and the checks up to the model, under Jazzer. The build
 * replays the stored inputs among the test resources. With {@code JAZZER_FUZZ=1} in the environment
 * it searches for new ones.
 */
class EventFuzzTest {
  private static final EventFuzz fuzz = new EventFuzz();

  @FuzzTest(maxExecutions = 10_000_000, maxDuration = "30m")
  void anyEventIsAnswered(byte[] event) {
    fuzz.check(event);
  }
}
