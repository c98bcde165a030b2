package dev.chatgate.openai.operation.chat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chatgate.openai.tokens.TokenCounters;

/**
 * The body parser under Jazzer. The build replays the inputs that are kept beside the resources;
 * with {@code JAZZER_FUZZ=1} in the environment it searches for new ones.
 */
class BodyFuzzTest {
  private static final BodyFuzz fuzz = new BodyFuzz(new TokenCounters());

  @FuzzTest(maxExecutions = 10_000_000, maxDuration = "30m")
  void anyBytesAreRefusedOrSpliced(byte[] body) {
    fuzz.check(body);
  }
}
