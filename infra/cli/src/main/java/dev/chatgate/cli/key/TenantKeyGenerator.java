package dev.chatgate.cli.key;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Generates tenant keys: a fixed prefix and 256 random bits in hexadecimal. */
final class TenantKeyGenerator {
  private static final String PREFIX = "cg_";
  private static final int RANDOM_BYTES = 32;

  private TenantKeyGenerator() {}

  static String generate(RandomGenerator random) {
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return PREFIX + HexFormat.of().formatHex(bytes);
  }
}
