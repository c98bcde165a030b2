package dev.chatgate.local.http;

import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How long the body of a request is (RFC 9112, 6.1 to 6.3). */
sealed interface Framing {
  /** A length that was told; 0 where nothing is. */
  record Length(long bytes) implements Framing {}

  /** In chunks. */
  record Chunked() implements Framing {}

  /** At most 2⁶³ − 1: 18 digits, leading zeros aside. */
  Pattern LENGTH = Pattern.compile("0*[0-9]{1,18}");

  int NOT_IMPLEMENTED = 501;

  /**
   * The framing that the headers tell; throws if they contradict one another.
   *
   * @param version {@code HTTP/1.0} knows no chunks
   */
  static Framing of(Headers headers, String version) throws MalformedException {
    List<String> codings = values(headers, "Transfer-Encoding");
    List<String> lengths = values(headers, "Content-Length");
    if (codings.isEmpty()) {
      return lengths.isEmpty() ? new Length(0) : length(lengths);
    }
    if (!lengths.isEmpty() || !version.equals("HTTP/1.1")) {
      throw new MalformedException("Transfer-Encoding beside Content-Length, or in HTTP/1.0");
    }
    return chunked(codings);
  }

  private static Framing chunked(List<String> codings) throws MalformedException {
    if (codings.equals(List.of("chunked"))) {
      return new Chunked();
    }
    if (codings.stream().allMatch(coding -> coding.isEmpty() || coding.equals("chunked"))) {
      throw new MalformedException("Transfer-Encoding of another form");
    }
    throw new MalformedException(NOT_IMPLEMENTED, "a transfer coding that is not known");
  }

  /** Lengths that are all equal are one. */
  private static Framing length(List<String> lengths) throws MalformedException {
    String first = lengths.getFirst();
    if (!LENGTH.matcher(first).matches() || lengths.stream().anyMatch(l -> !l.equals(first))) {
      throw new MalformedException("Content-Length of another form, or two that differ");
    }
    return new Length(Long.parseLong(first));
  }

  private static List<String> values(Headers headers, String name) {
    return headers.lines().stream()
        .filter(line -> line.is(name))
        .flatMap(line -> Stream.of(line.value().split(",", -1)))
        .map(value -> value.strip().toLowerCase(Locale.ROOT))
        .toList();
  }

  /** The body that follows the head. */
  default InputStream body(InputStream in) {
    return switch (this) {
      case Length(long bytes) -> new FixedBody(in, bytes);
      case Chunked() -> new ChunkedBody(in);
    };
  }
}
