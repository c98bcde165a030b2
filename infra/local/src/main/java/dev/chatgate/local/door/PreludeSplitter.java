package dev.chatgate.local.door;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Finds the end of the prelude, 8 NUL bytes, which may be split over several chunks. */
final class PreludeSplitter {
  private static final int NULS = 8;
  private static final int MAX_PRELUDE_BYTES = 1 << 20;

  private final ByteArrayOutputStream prelude = new ByteArrayOutputStream();
  private int nuls;

  /**
   * Reads the next bytes.
   *
   * @return the position after the 8 NULs; empty if they are not complete yet
   */
  Optional<Integer> read(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == 0 && ++nuls == NULS) {
        return Optional.of(i + 1);
      }
      if (bytes[i] != 0) {
        keep(bytes[i]);
      }
    }
    return Optional.empty();
  }

  /** The bytes before the NULs. */
  byte[] prelude() {
    return prelude.toByteArray();
  }

  /** Whether more than 1 MiB came without an end. */
  boolean tooLong() {
    return prelude.size() > MAX_PRELUDE_BYTES;
  }

  private void keep(byte b) {
    while (nuls > 0) {
      prelude.write(0);
      nuls--;
    }
    prelude.write(b);
  }
}
