package dev.chatgate.tenant;

import java.nio.charset.StandardCharsets;

/** The bound of a model's name: records and counters hold names, and their items have one too. */
public final class ModelName {
  /** Bytes of UTF-8 that a name may have; the longest that providers publish have about 100. */
  public static final int MAX_BYTES = 256;

  private ModelName() {}

  /** Whether the name is longer than {@link #MAX_BYTES}. */
  public static boolean isTooLong(String name) {
    return name.length() > MAX_BYTES || name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
  }
}
