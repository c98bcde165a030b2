package dev.chatgate.provider.transport;

import java.io.IOException;
import java.util.zip.ZipException;

/**
 * What stands before the data of a member (RFC 1952, section 2.3). Nothing in it is of use here.
 */
final class GzipHeader {
  private static final int HEADER_CHECKSUM = 1 << 1;
  private static final int EXTRA = 1 << 2;
  private static final int NAME = 1 << 3;
  private static final int COMMENT = 1 << 4;
  private static final int RESERVED = 0xE0;

  private GzipHeader() {}

  /** Where bytes come from. */
  @FunctionalInterface
  interface Source {
    /** The next byte, from 0 to 255. */
    int next() throws IOException;
  }

  /** Reads over a header. */
  static void skip(Source from) throws IOException {
    require(from.next() == 0x1F && from.next() == 0x8B && from.next() == 8);
    int flags = from.next();
    require((flags & RESERVED) == 0);
    skip(from, 6);
    if ((flags & EXTRA) != 0) {
      skip(from, from.next() | from.next() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText(from);
    }
    if ((flags & COMMENT) != 0) {
      skipText(from);
    }
    skip(from, (flags & HEADER_CHECKSUM) != 0 ? 2 : 0);
  }

  private static void require(boolean good) throws ZipException {
    if (!good) {
      throw new ZipException("not a gzip header");
    }
  }

  private static void skip(Source from, int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      var _ = from.next();
    }
  }

  private static void skipText(Source from) throws IOException {
    int next = from.next();
    while (next != 0) {
      next = from.next();
    }
  }
}
