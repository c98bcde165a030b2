package dev.chatgate.local.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/** A chunked body; hands over what has come without waiting for more, and keeps the trailers. */
final class ChunkedBody extends InputStream {
  /** The size has at most 15 digits, leading zeros aside: that fits 63 bits. */
  private static final Pattern CHUNK =
      Pattern.compile("0*(?<size>[0-9a-fA-F]{1,15})([ \\t]*;[\\t\\x20-\\x7E\\x80-\\xFF]*)?");

  private static final int MAX_LINE_BYTES = 4_096;

  /** Of one body: they are read and dropped, so they could hold a connection without a byte. */
  private static final int MAX_EXTENSION_BYTES = 16_384;

  private final InputStream in;
  private long leftInChunk;
  private int extensionBytes;
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
    leftInChunk = chunkSize(sizeLine());
    if (leftInChunk == 0) {
      trailers = Wire.headers(in);
      ended = true;
    }
  }

  private String sizeLine() throws IOException {
    try {
      return Wire.line(in, MAX_LINE_BYTES);
    } catch (TooLargeException e) {
      throw new MalformedException("the line of a chunk's size is too long");
    }
  }

  private void requireEmptyLine() throws IOException {
    if (in.read() != '\r' || in.read() != '\n') {
      throw new MalformedException("a chunk is longer than its size");
    }
  }

  private long chunkSize(String line) throws MalformedException {
    var chunk = CHUNK.matcher(line);
    if (!chunk.matches()) {
      throw new MalformedException("a chunk without a size");
    }
    extensionBytes += line.length() - chunk.end("size");
    if (extensionBytes > MAX_EXTENSION_BYTES) {
      throw new MalformedException("chunk extensions are too long");
    }
    return Long.parseLong(chunk.group("size"), 16);
  }
}
