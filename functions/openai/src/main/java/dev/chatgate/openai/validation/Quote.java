package dev.chatgate.openai.validation;

/** What an error repeats of a body: at most 1 kB, and nothing that our answer could not hold. */
final class Quote {
  /** 250 characters are at most 1,000 bytes of UTF-8 and, escaped, 1,500 of JSON. */
  private static final int MAX_LENGTH = 250;

  private Quote() {}

  static String of(String text) {
    if (text.length() <= MAX_LENGTH) {
      return Unicode.wellFormed(text);
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
    return Unicode.wellFormed(text.substring(0, end)) + "…";
  }
}
