package dev.chatgate.gateway.http;

import java.util.Map;
import java.util.Map.Entry;

/**
 * What may stand in an answer's head (RFC 9110, 5.5 and 5.6.2), and nothing else does: a client or
 * a provider may send any byte, and some of its values are passed on.
 */
public final class HeaderFields {
  /** The longest value that is sent: AWS takes 10,240 bytes of a whole head. */
  public static final int MAX_VALUE_CHARS = 4096;

  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
  private static final String CONTENT_TYPE = "content-type";
  private static final String JSON = "application/json";

  private HeaderFields() {}

  /**
   * Takes out of an answer's head what cannot stand there. An answer without a content type is
   * guessed at by those who read it, so that an unusable one becomes JSON's.
   *
   * @param headers by lower-case name; is changed
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

  /** Whether it is a value of usual length in visible ASCII, spaces and tabs. */
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

  /** Whether it is a list of field names with a comma between each two. */
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

  /** Optional white space is spaces and tabs alone: {@code strip} would take line ends too. */
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
        || TOKEN_MARKS.indexOf(c) >= 0;
  }
}
