package dev.chatgate.provider.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How an answer's body is encoded, by its {@code Content-Encoding} (RFC 9110, section 8.4). */
enum ContentCoding {
  /** As it is: what every request asks for. */
  IDENTITY,
  GZIP,
  DEFLATE,
  /** Unknown, or more than one. */
  UNREADABLE;

  /**
   * The coding that these header values name together.
   *
   * @param values the values of the headers, each a list
   */
  static ContentCoding of(List<String> values) {
    var codings = new ArrayList<ContentCoding>(1);
    for (var value : values) {
      for (var name : value.split(",", -1)) {
        var coding = named(name.strip().toLowerCase(Locale.ROOT));
        if (coding != IDENTITY) {
          codings.add(coding);
        }
      }
    }
    return switch (codings.size()) {
      case 0 -> IDENTITY;
      case 1 -> codings.getFirst();
      default -> UNREADABLE;
    };
  }

  private static ContentCoding named(String name) {
    return switch (name) {
      case "", "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      case "deflate" -> DEFLATE;
      default -> UNREADABLE;
    };
  }
}
