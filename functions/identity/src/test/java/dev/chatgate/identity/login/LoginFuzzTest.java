package dev.chatgate.identity.login;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * The verifier of logins under Jazzer. The build replays the inputs that are kept beside the
 * resources; with {@code JAZZER_FUZZ=1} in the environment it searches for new ones.
 */
class LoginFuzzTest {
  private static final LoginFuzz fuzz = new LoginFuzz();

  @FuzzTest(maxExecutions = 10_000_000, maxDuration = "30m")
  void anyTextGetsTheRightAnswer(byte[] text) {
    var _ = fuzz.check(text);
  }
}
