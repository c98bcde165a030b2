package dev.chatgate.openai.estimate;

import java.util.Locale;

/** {@code data:TYPE;base64,} at the begin of a string (RFC 2397). */
final class DataUrl {
  private static final int MAX_HEAD = 256;
  private static final String SCHEME = "data:";
  private static final String CODING = ";base64";

  private DataUrl() {}

  /** The index of the comma before the base64; -1 if this is no such URL. */
  static int comma(char[] text, int start, int length) {
    if (!startsWith(text, start, length, SCHEME)) {
      return -1;
    }
    for (int i = start; i < start + Math.min(length, MAX_HEAD); i++) {
      if (text[i] == ',') {
        int coding = i - CODING.length();
        return coding > start && startsWith(text, coding, CODING.length(), CODING) ? i : -1;
      }
    }
    return -1;
  }

  private static boolean startsWith(char[] text, int start, int length, String prefix) {
    if (length < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (Character.toLowerCase(text[start + i]) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static String type(char[] text, int start, int comma) {
    int from = start + SCHEME.length();
    String head = new String(text, from, comma - from);
    return head.substring(0, head.indexOf(';')).strip().toLowerCase(Locale.ROOT);
  }
}
