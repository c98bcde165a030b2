package dev.chatgate.openai.operation.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.openai.tokens.TokenCounters;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damages good bodies at random and hands them to {@link BodyFuzz}: a short run in every build. The
 * seed is in every failure; {@code -Dseed=} repeats it.
 */
class BodyMutationTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int BODIES = 10_000;
  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "\\u006d",
    "null",
    "true",
    "-",
    "1e9999999999",
    "\"model\":",
    "\"n\":",
    "\"stream_options\":{",
    "\"include_usage\":false",
    "\u00e9",
    "\ud83d\ude00",
    "NaN",
    "/*"
  };

  private final Random random = new Random(SEED);
  private final BodyFuzz fuzz = new BodyFuzz(new TokenCounters());

  @Test
  void damagedBodiesAreRefusedOrSplicedButNeverFail() {
    var bodies = new RandomBodies(SEED);
    for (int i = 0; i < BODIES; i++) {
      byte[] body = bodies.next(UpstreamEdits.NONE).sent().getBytes(UTF_8);
      for (int damage = random.nextInt(4); damage > 0; damage--) {
        body = damaged(body);
      }
      try {
        fuzz.check(body);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ": " + new String(body, UTF_8), e);
      }
    }
  }

  private byte[] damaged(byte[] body) {
    int at = random.nextInt(body.length + 1);
    int to = Math.min(body.length, at + random.nextInt(9));
    return switch (random.nextInt(4)) {
      case 0 -> joined(body, at, new byte[0], to);
      case 1 -> joined(body, at, TOKENS[random.nextInt(TOKENS.length)].getBytes(UTF_8), at);
      case 2 -> joined(body, at, new byte[] {(byte) random.nextInt(256)}, to);
      default -> joined(body, at, Arrays.copyOfRange(body, at, to), at);
    };
  }

  private static byte[] joined(byte[] body, int head, byte[] middle, int tail) {
    byte[] out = Arrays.copyOf(body, head + middle.length + body.length - tail);
    System.arraycopy(middle, 0, out, head, middle.length);
    System.arraycopy(body, tail, out, head + middle.length, body.length - tail);
    return out;
  }
}
