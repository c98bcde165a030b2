package dev.chatgate.openai.sse;

import java.io.InputStream;
import java.util.function.IntSupplier;

/** A stream whose reads bring as many bytes as a test says. */
public final class SlicedStream extends InputStream {
  private final byte[] bytes;
  private final IntSupplier sizes;
  private int at;

  /**
   * @param sizes the most that the next read brings, at least 1
   */
  public SlicedStream(byte[] bytes, IntSupplier sizes) {
    this.bytes = bytes.clone();
    this.sizes = sizes;
  }

  @Override
  public int read() {
    return at < bytes.length ? bytes[at++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (at == bytes.length) {
      return -1;
    }
    int count = Math.min(Math.min(length, sizes.getAsInt()), bytes.length - at);
    System.arraycopy(bytes, at, target, offset, count);
    at += count;
    return count;
  }
}
