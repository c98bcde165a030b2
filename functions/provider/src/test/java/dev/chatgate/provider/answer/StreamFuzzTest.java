package dev.chatgate.provider.answer;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * The reader of streams and what passes them on, under Jazzer. The build replays the inputs that
 * are kept beside the resources; with {@code JAZZER_FUZZ=1} in the environment it searches for new
 * ones.
 */
class StreamFuzzTest {
  private static final StreamFuzz fuzz = new StreamFuzz();

  @FuzzTest(maxExecutions = 10_000_000, maxDuration = "30m")
  void anyBytesAreReadAndPassed(byte[] stream) {
    int size = stream.length == 0 ? 1 : 1 + (stream[0] & 7);
    fuzz.check(stream, size);
  }
}
