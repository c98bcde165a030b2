package dev.chatgate.identity.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damages good tokens at random: their headers and claims before they are signed, and the whole
 * token after that. A short run in every build. The seed is in every failure; {@code -Dseed=}
 * repeats it.
 */
class LoginMutationTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int TOKENS = 2_000;
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "\\u0061",
    "null",
    "true",
    "-",
    "1e9999999999",
    "\"alg\":\"none\"",
    "\"alg\":\"HS256\"",
    "\"aud\":",
    "\"sub\":\"bob\"",
    "\"crit\":[\"b64\"]",
    "\"exp\":0",
    "\"kid\":1",
    "\"app\"",
    "é",
    "\ud83d\ude00",
    ".",
    "=",
    "\0"
  };

  private final Random random = new Random(SEED);

  @Test
  void damagedHeadersAndClaimsGetTheRightAnswer() {
    var fixture = new LoginFixture();
    var good = (fixture.issuer.header() + "\n" + fixture.claims()).getBytes(UTF_8);
    var fuzz = new LoginFuzz();
    var results = new HashMap<String, Integer>();
    for (int i = 0; i < TOKENS; i++) {
      byte[] text = good;
      for (int damage = random.nextInt(3); damage > 0; damage--) {
        text = damaged(text);
      }
      try {
        results.merge(fuzz.check(text).getClass().getSimpleName(), 1, Integer::sum);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ": " + new String(text, UTF_8), e);
      }
    }
    assertTrue(results.getOrDefault("Valid", 0) > TOKENS / 4, "seed " + SEED + ": " + results);
    assertTrue(results.getOrDefault("Invalid", 0) > TOKENS / 4, "seed " + SEED + ": " + results);
  }

  @Test
  void damagedTokensAreInvalid() {
    var fixture = new LoginFixture();
    var good = fixture.token();
    for (int i = 0; i < TOKENS; i++) {
      var text = new String(damaged(good.getBytes(UTF_8)), UTF_8);
      try {
        if (!text.equals(good)) {
          fixture.assertInvalid(text);
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ": " + text, e);
      }
    }
  }

  private byte[] damaged(byte[] text) {
    int at = random.nextInt(text.length + 1);
    int to = Math.min(text.length, at + random.nextInt(9));
    return switch (random.nextInt(4)) {
      case 0 -> joined(text, at, new byte[0], to);
      case 1 -> joined(text, at, PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8), at);
      case 2 -> joined(text, at, new byte[] {(byte) random.nextInt(256)}, to);
      default -> joined(text, at, Arrays.copyOfRange(text, at, to), at);
    };
  }

  private static byte[] joined(byte[] text, int head, byte[] middle, int tail) {
    byte[] out = Arrays.copyOf(text, head + middle.length + text.length - tail);
    System.arraycopy(middle, 0, out, head, middle.length);
    System.arraycopy(text, tail, out, head + middle.length, text.length - tail);
    return out;
  }
}
