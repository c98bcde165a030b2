package dev.chatgate.gateway.http;

import java.util.Map;
import java.util.Map.Entry;

/**
 * Checks the header fields of an answer (RFC 9110, sections 5.5 and 5.6.2). Some values come from
 * the client or the provider, which may send any bytes.
 */
public final class HeaderFields {
  /** Maximum length of a value. AWS allows 10,240 bytes for all headers together. */
  public static final int MAX_VALUE_CHARS = 4096;

  private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";
  private static final String CONTENT_TYPE = "content-type";
  private static final String JSON = "application/json";

  private HeaderFields() {}

  /**
   * Removes fields with an invalid name or value. An invalid content type is replaced by that of
   * JSON, because clients guess the type of an answer without one.
   *
   * @param headers by lower-case name; modified
   */
  public static void clean(Map<String, String> headers) {
    headers.entrySet().removeIf(HeaderFields::isToBeLeftOut);
  }

  private static boolean isToBeLeftOut(Entry<String, String> header) {
    if (isValue(header.getValue())) {
      return false;
    }
    if (header.getKey().equals(CONTENT_TYPE)) {
      header.setValue(JSON);
      return false;
    }
    return true;
  }

  /**
   * Whether a value consists of visible ASCII, spaces and tabs and is not longer than {@link
   * #MAX_VALUE_CHARS}.
   */
  public static boolean isValue(String value) {
    if (value.length() > MAX_VALUE_CHARS) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        return false;
      }
    }
    return true;
  }

  /** Whether a value is a comma-separated list of field names. */
  static boolean isListOfNames(String value) {
    if (value.length() > MAX_VALUE_CHARS) {
      return false;
    }
    for (var name : value.split(",", -1)) {
      if (!isToken(withoutBlanks(name))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Removes optional white space, which is only spaces and tabs; {@code strip} would also remove
   * line ends.
   */
  private static String withoutBlanks(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isToken(String name) {
    return !name.isEmpty() && name.chars().allMatch(HeaderFields::isTokenCharacter);
  }

  private static boolean isTokenCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_PUNCTUATION.indexOf(c) >= 0;
  }
}
