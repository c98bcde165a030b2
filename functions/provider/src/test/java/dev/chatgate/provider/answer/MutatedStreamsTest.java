package dev.chatgate.provider.answer;

import dev.chatgate.provider.ClientHarness;
import java.nio.charset.StandardCharsets;
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
      byte[] healthy = StreamGenerator.withUsage(random).sent();
      byte[] stream = damaged(run % 2 == 0 ? healthy : withKey(healthy, random), random);
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

  /** Our key somewhere, whole or in pieces, some of its characters as escapes. */
  private static byte[] withKey(byte[] healthy, Random random) {
    byte[] stream = healthy;
    var key = ClientHarness.KEY.secret();
    int cut = random.nextInt(4) > 0 ? key.length() : random.nextInt(key.length());
    stream =
        inserted(stream, random.nextInt(stream.length), spelled(key.substring(0, cut), random));
    return inserted(stream, random.nextInt(stream.length), spelled(key.substring(cut), random));
  }

  private static String spelled(String text, Random random) {
    var spelled = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      spelled.append(
          switch (random.nextInt(8)) {
            case 0 -> "\\u%04x".formatted((int) c);
            case 1 -> "\\\\u%04X".formatted((int) c);
            default -> c;
          });
    }
    return spelled.toString();
  }

  private static byte[] inserted(byte[] bytes, int at, String text) {
    byte[] added = text.getBytes(StandardCharsets.UTF_8);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + added.length);
    System.arraycopy(added, 0, longer, at, added.length);
    System.arraycopy(bytes, at, longer, at + added.length, bytes.length - at);
    return longer;
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
