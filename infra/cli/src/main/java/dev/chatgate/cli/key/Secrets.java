package dev.chatgate.cli.key;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes tenant keys: a readable prefix and 256 random bits. */
final class Secrets {
  private static final String PREFIX = "cg_";
  private static final int RANDOM_BYTES = 32;

  private Secrets() {}

  static String fresh(RandomGenerator random) {
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return PREFIX + HexFormat.of().formatHex(bytes);
  }
}
