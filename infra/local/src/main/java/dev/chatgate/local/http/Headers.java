package dev.chatgate.local.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Header lines in their order. Names compare without regard to case.
 *
 * @param lines every line, repeated names included
 */
public record Headers(List<Header> lines) {
  /** No header at all. */
  public static final Headers NONE = new Headers(List.of());

  /** Copies the lines. */
  public Headers {
    lines = List.copyOf(lines);
  }

  /**
   * Headers of names and values in turn.
   *
   * @param namesAndValues name, value, name, value
   */
  public static Headers of(String... namesAndValues) {
    var lines = new ArrayList<Header>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new Headers(lines);
  }

  /**
   * The first value of a name.
   *
   * @param name in any case
   */
  public Optional<String> first(String name) {
    return lines.stream()
        .filter(line -> line.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  /**
   * These lines and one more.
   *
   * @param name of the new line
   * @param value of the new line
   */
  public Headers with(String name, String value) {
    var more = new ArrayList<>(lines);
    more.add(new Header(name, value));
    return new Headers(more);
  }

  /**
   * The size of the lines in bytes: names, values, and four for the colon, the space and the end of
   * the line.
   */
  public int size() {
    return lines.stream().mapToInt(line -> line.name().length() + line.value().length() + 4).sum();
  }
}
