package dev.chatgate.local.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lines and headers of HTTP/1.1 (RFC 9112), read from a stream. */
final class Wire {
  /** Past this a head is not read at all; the doors refuse far earlier. */
  static final int MAX_HEAD_BYTES = 1 << 20;

  private Wire() {}

  /** A line without its end, or the end of the stream before any byte as an empty optional. */
  static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream(128);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended in a line");
      }
      if (line.size() > MAX_HEAD_BYTES) {
        throw new TooLargeException("a line is too long");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
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

  private static Header header(String line) throws MalformedException {
    int colon = line.indexOf(':');
    if (colon < 1 || Character.isWhitespace(line.charAt(0))) {
      throw new MalformedException("a header line without a name");
    }
    return new Header(line.substring(0, colon), line.substring(colon + 1).strip());
  }
}
