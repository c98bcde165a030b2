package dev.chatgate.identity.clientsecret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damages good claims at random and hands them to {@link ClientSecretFuzz}: a short run in every
 * build. The seed is in every failure; {@code -Dseed=} repeats it.
 */
class ClientSecretMutationTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int INPUTS = 5_000;
  private static final List<String> PARTS =
      List.of("{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "null", "-", "1e999", "9");

  private final Random random = new Random(SEED);
  private final ClientSecretFuzz fuzz = new ClientSecretFuzz();

  @Test
  void damagedClaimsAreRefusedOrReadAsTheyWereWritten() throws IOException {
    var good = input("full.json");
    for (int i = 0; i < INPUTS; i++) {
      var claims = good;
      for (int damage = random.nextInt(3); damage >= 0; damage--) {
        claims = damaged(claims);
      }
      try {
        fuzz.check(claims);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ": " + new String(claims, UTF_8), e);
      }
    }
  }

  private static byte[] input(String name) throws IOException {
    var path = "ClientSecretFuzzTestInputs/anyBytesAreRefusedOrReadAsTheyWereWritten/" + name;
    try (var in = ClientSecretMutationTest.class.getResourceAsStream(path)) {
      return Optional.ofNullable(in).orElseThrow().readAllBytes();
    }
  }

  private byte[] damaged(byte[] claims) {
    int at = random.nextInt(claims.length + 1);
    int to = Math.min(claims.length, at + random.nextInt(9));
    return switch (random.nextInt(4)) {
      case 0 -> joined(claims, at, new byte[0], to);
      case 1 -> joined(claims, at, PARTS.get(random.nextInt(PARTS.size())).getBytes(UTF_8), at);
      case 2 -> joined(claims, at, new byte[] {(byte) random.nextInt(256)}, to);
      default -> joined(claims, at, Arrays.copyOfRange(claims, at, to), at);
    };
  }

  private static byte[] joined(byte[] claims, int head, byte[] middle, int tail) {
    var out = Arrays.copyOf(claims, head + middle.length + claims.length - tail);
    System.arraycopy(middle, 0, out, head, middle.length);
    System.arraycopy(claims, tail, out, head + middle.length, claims.length - tail);
    return out;
  }
}
