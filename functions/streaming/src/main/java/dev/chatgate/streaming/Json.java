package dev.chatgate.streaming;

/** JSON strings (RFC 8259), the only part of JSON that needs care when writing it. */
final class Json {

  private static final String HEX = "0123456789abcdef";

  private Json() {}

  static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || isLone(text, i)) {
        escaped(out, c);
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** Half a surrogate pair has no UTF-8 form; escaped, it survives. */
  private static boolean isLone(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private static void escaped(StringBuilder out, char c) {
    out.append("\\u")
        .append(HEX.charAt(c >> 12))
        .append(HEX.charAt((c >> 8) & 15))
        .append(HEX.charAt((c >> 4) & 15))
        .append(HEX.charAt(c & 15));
  }
}
