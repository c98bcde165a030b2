package dev.chatgate.provider.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A body under {@code gzip} (RFC 1952) or {@code deflate}, which is zlib's format (RFC 1950) or,
 * from some servers, bare deflated data (RFC 1951).
 *
 * <p>A read returns as soon as what has come yields a byte: the JDK's own streams fill their buffer
 * first, which holds events back. Memory is bounded; how much comes out is the reader's to bound.
 * The end is only reached where the body's own end is: a body that is cut is an {@link
 * EOFException}.
 */
final class InflatingStream extends InputStream {
  private static final int INPUT_BYTES = 4 * 1024;

  private final InputStream in;
  private final boolean gzip;
  private final byte[] input = new byte[INPUT_BYTES];
  private final CRC32 checksum = new CRC32();
  private int at;
  private int end;
  private long length;

  /** Of the member that is being read, none before the first and between two. */
  private @Nullable Inflater member;

  private boolean any;
  private boolean ended;

  private InflatingStream(InputStream in, boolean gzip) {
    this.in = in;
    this.gzip = gzip;
  }

  static InflatingStream gzip(InputStream in) {
    return new InflatingStream(in, true);
  }

  static InflatingStream deflate(InputStream in) {
    return new InflatingStream(in, false);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] to, int offset, int most) throws IOException {
    if (most == 0) {
      return 0;
    }
    while (!ended) {
      var reading = member;
      if (reading == null) {
        begin();
      } else if (reading.finished()) {
        finish(reading);
      } else {
        int came = inflate(reading, to, offset, most);
        if (came > 0) {
          return came;
        }
      }
    }
    return -1;
  }

  private int inflate(Inflater reading, byte[] to, int offset, int most) throws IOException {
    try {
      int came = reading.inflate(to, offset, most);
      if (came == 0 && reading.needsDictionary()) {
        throw new ZipException("a dictionary is needed");
      }
      if (came == 0 && !reading.finished()) {
        feed(reading);
      }
      if (gzip) {
        checksum.update(to, offset, came);
        length += came;
      }
      return came;
    } catch (DataFormatException e) {
      throw new ZipException("not deflated data");
    }
  }

  private void feed(Inflater reading) throws IOException {
    requireInput();
    reading.setInput(input, at, end - at);
    at = end;
  }

  /** Begins a member. Without any byte the body is empty; what is behind gzip's end is left out. */
  private void begin() throws IOException {
    if (at == end && !fill()) {
      ended = true;
    } else if (!gzip) {
      start(new Inflater(!isZlib()));
    } else if (!any || (input[at] & 0xFF) == 0x1F) {
      GzipHeader.skip(this::nextByte);
      checksum.reset();
      length = 0;
      start(new Inflater(true));
    } else {
      leaveOutTheRest();
    }
  }

  private void start(Inflater next) {
    any = true;
    member = next;
  }

  /** By the check bits of zlib's header; its first byte alone if no more has come. */
  private boolean isZlib() {
    int method = input[at] & 0xFF;
    boolean checked = end - at < 2 || ((method << 8) | (input[at + 1] & 0xFF)) % 31 == 0;
    return (method & 0x0F) == 8 && checked;
  }

  /** Ends a member: gzip's is followed by a checksum and a length. */
  private void finish(Inflater reading) throws IOException {
    at = end - reading.getRemaining();
    reading.end();
    member = null;
    if (!gzip) {
      leaveOutTheRest();
    } else if (nextFour() != checksum.getValue() || nextFour() != (length & 0xFFFF_FFFFL)) {
      throw new ZipException("damaged data");
    }
  }

  /** The connection can be used again only if the body was read to its end. */
  private void leaveOutTheRest() throws IOException {
    do {
      at = end;
    } while (fill());
    ended = true;
  }

  private long nextFour() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      value |= (long) nextByte() << shift;
    }
    return value;
  }

  private int nextByte() throws IOException {
    requireInput();
    return input[at++] & 0xFF;
  }

  private void requireInput() throws IOException {
    if (at == end && !fill()) {
      throw new EOFException("the encoded body is cut");
    }
  }

  private boolean fill() throws IOException {
    int read = in.read(input, 0, input.length);
    at = 0;
    end = Math.max(0, read);
    return read >= 0;
  }

  /** Frees the memory of a member that was not read to its end; the body below stays open. */
  @Override
  public void close() {
    if (member != null) {
      member.end();
      member = null;
    }
    ended = true;
  }
}
