package dev.chatgate.gateway.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Credentials that were damaged at random. */
class BearerMutationTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int TOKENS = 20_000;

  private final Random random = new Random(SEED);
  private final BearerFuzz fuzz = new BearerFuzz();

  @Test
  void damagedCredentialsAreRefused() {
    fuzz.checkCredentials();
    var tokens =
        List.of(
            BearerFuzz.KEY,
            fuzz.clientSecret(),
            "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmVk",
            "ek_" + "eyJhbGciOiJub25lIn0.e30.");
    for (int i = 0; i < TOKENS; i++) {
      var token = "Bearer " + tokens.get(random.nextInt(tokens.size()));
      byte[] damaged = damaged(token.getBytes(ISO_8859_1));
      try {
        fuzz.check(damaged);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ": " + new String(damaged, ISO_8859_1), e);
      }
    }
  }

  private byte[] damaged(byte[] token) {
    int at = random.nextInt(token.length + 1);
    int to = Math.min(token.length, at + random.nextInt(9));
    return switch (random.nextInt(4)) {
      case 0 -> joined(token, at, new byte[0], to);
      case 1 -> joined(token, at, new byte[] {(byte) random.nextInt(256)}, at);
      case 2 -> joined(token, at, new byte[] {(byte) random.nextInt(256)}, to);
      default -> joined(token, at, Arrays.copyOfRange(token, at, to), at);
    };
  }

  private static byte[] joined(byte[] token, int head, byte[] middle, int tail) {
    byte[] out = Arrays.copyOf(token, head + middle.length + token.length - tail);
    System.arraycopy(middle, 0, out, head, middle.length);
    System.arraycopy(token, tail, out, head + middle.length, token.length - tail);
    return out;
  }
}
