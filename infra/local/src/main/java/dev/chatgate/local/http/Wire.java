package dev.chatgate.local.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Lines and headers of HTTP/1.1 (RFC 9112), read from a stream. Where the RFC lets a server choose,
 * it refuses: two parties that read one message differently can be played against each other.
 */
final class Wire {
  /** Past this a head is not read at all; the doors refuse far earlier. */
  static final int MAX_HEAD_BYTES = 1 << 20;

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private Wire() {}

  /** A line without its end, which is CR LF. */
  static String line(InputStream in) throws IOException {
    return line(in, MAX_HEAD_BYTES);
  }

  /**
   * A line without its end.
   *
   * @param maxBytes the longest that is read
   * @throws MalformedException if there is a CR or an LF alone, or a NUL
   * @throws TooLargeException if it is longer
   */
  static String line(InputStream in, int maxBytes) throws IOException {
    var line = new ByteArrayOutputStream(128);
    for (int b = next(in); b != '\r'; b = next(in)) {
      if (b == '\n' || b == 0) {
        throw new MalformedException("a control character in a line");
      }
      if (line.size() >= maxBytes) {
        throw new TooLargeException("a line is too long");
      }
      line.write(b);
    }
    if (next(in) != '\n') {
      throw new MalformedException("a CR without its LF");
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static int next(InputStream in) throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the connection ended in a line");
    }
    return b;
  }

  /** Header lines up to and including the empty one. */
  static Headers headers(InputStream in) throws IOException {
    List<Header> lines = new ArrayList<>();
    int bytes = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      bytes += line.length();
      if (bytes > MAX_HEAD_BYTES) {
        throw new TooLargeException("the headers are too large");
      }
      lines.add(header(line));
    }
    return new Headers(lines);
  }

  /** Whether these characters may be a method or a header's name (RFC 9110, 5.6.2). */
  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  /** A folded line begins with white space, so that its name is no token either. */
  private static Header header(String line) throws MalformedException {
    int colon = line.indexOf(':');
    if (colon < 0 || !isToken(line.substring(0, colon))) {
      throw new MalformedException("a header line without a name");
    }
    String value = line.substring(colon + 1);
    if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7F)) {
      throw new MalformedException("a control character in a header");
    }
    return new Header(line.substring(0, colon), value.strip());
  }
}
