package dev.chatgate.gateway.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * The check of {@code Authorization} under Jazzer. The build replays the stored inputs among the
 * test resources. With {@code JAZZER_FUZZ=1} in the environment it searches for new ones.
 */
class BearerFuzzTest {
  private static final BearerFuzz fuzz = new BearerFuzz();

  @FuzzTest(maxExecutions = 10_000_000, maxDuration = "30m")
  void anyBearerIsRefusedUnlessItIsACredential(byte[] authorization) {
    fuzz.check(authorization);
  }
}
