package dev.chatgate.streaming;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Collects the bytes of one socket write in a buffer that is reused for the next. A chunk's size,
 * data and line end are thus written at once, and nothing is allocated.
 */
final class WriteBuffer {

  /**
   * Maximum data bytes of a chunk. Larger writes are sent as several chunks, so that the buffer's
   * size does not depend on the size of a write.
   */
  static final int MAX_CHUNK_BYTES = 32 * 1024;

  private static final int OVERHEAD_BYTES = 1024;
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private byte[] buffer = new byte[MAX_CHUNK_BYTES + OVERHEAD_BYTES];
  private int length;

  WriteBuffer text(String ascii) {
    int count = ascii.length();
    ensure(count);
    for (int i = 0; i < count; i++) {
      buffer[length++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  WriteBuffer line(String ascii) {
    return text(ascii).text("\r\n");
  }

  WriteBuffer bytes(byte[] source, int offset, int count) {
    ensure(count);
    System.arraycopy(source, offset, buffer, length, count);
    length += count;
    return this;
  }

  /**
   * Adds one chunk of HTTP's chunked transfer coding. The count must not be 0, which would end the
   * body.
   */
  WriteBuffer chunk(byte[] source, int offset, int count) {
    return hex(count).text("\r\n").bytes(source, offset, count).text("\r\n");
  }

  /** Discards the bytes that were not sent. */
  void clear() {
    length = 0;
  }

  void send(OutputStream out) throws IOException {
    int count = length;
    length = 0;
    out.write(buffer, 0, count);
  }

  private WriteBuffer hex(int value) {
    ensure(Integer.BYTES * 2);
    int shift = (31 - Integer.numberOfLeadingZeros(value | 1)) & ~3;
    for (; shift >= 0; shift -= 4) {
      buffer[length++] = HEX[(value >>> shift) & 15];
    }
    return this;
  }

  private void ensure(int more) {
    if (buffer.length - length < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
    }
  }
}
