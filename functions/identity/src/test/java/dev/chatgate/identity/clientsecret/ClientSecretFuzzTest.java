package dev.chatgate.identity.clientsecret;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * The reader of client secrets under Jazzer. The build replays the inputs that are kept beside the
 * resources; with {@code JAZZER_FUZZ=1} in the environment it searches for new ones.
 */
class ClientSecretFuzzTest {
  private static final ClientSecretFuzz fuzz = new ClientSecretFuzz();

  @FuzzTest(maxExecutions = 10_000_000, maxDuration = "30m")
  void anyBytesAreRefusedOrReadAsTheyWereWritten(byte[] bytes) {
    fuzz.check(bytes);
  }
}
