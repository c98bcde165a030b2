package dev.chatgate.cli.key;

import dev.chatgate.tenant.TenantKeyForm;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Generates tenant keys of the form of {@link TenantKeyForm}. */
public final class TenantKeyGenerator {
  private static final int RANDOM_BYTES = TenantKeyForm.DIGITS / 2;

  private TenantKeyGenerator() {}

  /** Generates a key. */
  public static String generate(RandomGenerator random) {
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return TenantKeyForm.PREFIX + HexFormat.of().formatHex(bytes);
  }
}
