package dev.chatgate.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A received HTTP request.
 *
 * @param head request line and headers, byte for byte, with the empty line
 * @param body the body if the request has a {@code Content-Length}; empty otherwise
 * @param connection the number of the connection, from 1
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Received(String head, byte[] body, int connection) {
  /** The value of a header by its case-insensitive name; empty if absent. */
  public String header(String name) {
    return head.lines()
        .skip(1)
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** The names of the headers in their order, in lower case. */
  public List<String> headerNames() {
    return head.lines()
        .skip(1)
        .filter(line -> line.contains(":"))
        .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT))
        .toList();
  }

  /** The method, such as {@code GET}. */
  public String method() {
    return head.substring(0, head.indexOf(' '));
  }

  /** The path with the query. */
  public String path() {
    int start = head.indexOf(' ') + 1;
    return head.substring(start, head.indexOf(' ', start));
  }

  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
