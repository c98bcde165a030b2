package dev.chatgate.local.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A chunked body; hands over what has come without waiting for more, and keeps the trailers. */
final class ChunkedBody extends InputStream {
  private final InputStream in;
  private long leftInChunk;
  private boolean ended;
  private boolean begun;
  private Headers trailers = Headers.NONE;

  ChunkedBody(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (leftInChunk == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int n = in.read(into, offset, (int) Math.min(length, leftInChunk));
    if (n < 0) {
      throw new EOFException("the connection ended in a chunk");
    }
    leftInChunk -= n;
    return n;
  }

  /** The trailers, once the body has been read to its end. */
  Headers trailers() {
    return trailers;
  }

  private void nextChunk() throws IOException {
    if (begun) {
      requireEmptyLine();
    }
    begun = true;
    leftInChunk = chunkSize(Wire.line(in));
    if (leftInChunk == 0) {
      trailers = Wire.headers(in);
      ended = true;
    }
  }

  private void requireEmptyLine() throws IOException {
    if (!Wire.line(in).isEmpty()) {
      throw new MalformedException("a chunk is longer than its size");
    }
  }

  private static long chunkSize(String line) throws MalformedException {
    int end = line.indexOf(';');
    String digits = (end < 0 ? line : line.substring(0, end)).strip();
    try {
      return Long.parseUnsignedLong(digits, 16);
    } catch (NumberFormatException e) {
      throw new MalformedException("a chunk without a size");
    }
  }
}
