package dev.chatgate.streaming;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The bytes of one socket write, put together in a buffer that is used again for the next. What a
 * chunk consists of (size, data, line end) thus leaves in one packet, and nothing is allocated.
 */
final class WriteBuffer {

  /**
   * Data of one chunk at most; more goes out as several, so that memory does not follow a write's
   * size.
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

  /** One chunk of HTTP's chunked transfer coding. A count of 0 would end the body: never here. */
  WriteBuffer chunk(byte[] source, int offset, int count) {
    return hex(count).text("\r\n").bytes(source, offset, count).text("\r\n");
  }

  /** Forgets what was put together and not sent. */
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
