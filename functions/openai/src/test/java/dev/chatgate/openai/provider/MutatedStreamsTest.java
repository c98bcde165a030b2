package dev.chatgate.openai.provider;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Healthy streams with bytes changed, lost and doubled. */
class MutatedStreamsTest {
  private final StreamFuzz fuzz = new StreamFuzz();

  @Test
  void noDamageIsBeyondTheRules() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 5_000; run++) {
      byte[] stream = damaged(StreamGenerator.withUsage(random).sent(), random);
      try {
        fuzz.check(stream, 1 + random.nextInt(9));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", run " + run, e);
      }
    }
  }

  private static byte[] damaged(byte[] healthy, Random random) {
    byte[] stream = healthy;
    for (int i = random.nextInt(6); i > 0; i--) {
      int at = random.nextInt(stream.length);
      stream =
          switch (random.nextInt(4)) {
            case 0 -> without(stream, at, Math.min(stream.length, at + 1 + random.nextInt(20)));
            case 1 -> doubled(stream, at);
            case 2 -> changed(stream, at, (byte) "\n\r :{}[],\"du\\".charAt(random.nextInt(13)));
            default -> changed(stream, at, (byte) random.nextInt(256));
          };
      if (stream.length == 0) {
        return stream;
      }
    }
    return stream;
  }

  private static byte[] without(byte[] bytes, int from, int to) {
    byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
    System.arraycopy(bytes, to, shorter, from, bytes.length - to);
    return shorter;
  }

  private static byte[] doubled(byte[] bytes, int at) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
    return longer;
  }

  private static byte[] changed(byte[] bytes, int at, byte value) {
    byte[] copy = bytes.clone();
    copy[at] = value;
    return copy;
  }
}
