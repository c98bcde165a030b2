package dev.chatgate.openai.tokens;

/**
 * Tokens by a fixed weight for each character, for models whose tokenizer is not at hand. Errs high
 * on ordinary text in every script.
 *
 * <p>No byte-level tokenizer makes more than 1, 2, 3 and 4 tokens of a character of so many bytes
 * of UTF-8. Where that bound is far from practice, a lower weight leaves room above vocabularies of
 * 100,000 entries, mostly English, the weakest that are still common. In hundredths of a token:
 *
 * <ul>
 *   <li>An ASCII word costs 50, its first 4 letters 30 each, the others 50, capitals 70: English
 *       words average 4.7 letters, so 0.5 + 4 × 0.3 + 0.7 × 0.5 = 2.1 tokens where tokenizers make
 *       1.2 to 1.5; Finnish ones 8, so 3.7 where they make 2.7 to 3.4. A capital after a small
 *       letter begins a word ({@code camelCase}, Base64). From the 17th letter on each costs 100:
 *       no language has such words.
 *   <li>Digits and ASCII signs 100: some tokenizers take every digit alone.
 *   <li>White space: the first space of a run belongs to the word after it; further ones 25, for
 *       indentation has tokens of its own; a tab or a carriage return 50, a line feed 100.
 *   <li>A word of another alphabet costs 100, its space, and each letter: accented Latin, Greek and
 *       Cyrillic 100; Vietnamese and other rare Latin, the scripts of India, Thai 200; kana 150;
 *       Han, CJK signs and typographic signs 200; Hangul 250.
 *   <li>Everything else its bytes: 200, 300, emoji and rare Han 400.
 * </ul>
 */
final class ScriptRatio implements TokenCounter {
  private static final int CHEAP_LETTERS = 4;
  private static final int MAX_WORD = 16;

  @Override
  public long count(CharSequence text) {
    return count(text, 0, text.length());
  }

  /** Counts the characters from {@code start} up to {@code end}. */
  long count(CharSequence text, int start, int end) {
    long hundredths = 0;
    char before = '\n';
    int word = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean begins = isLetter(c) && (word == 0 || (isCapital(c) && !isCapital(before)));
      word = begins ? 1 : isLetter(c) ? word + 1 : 0;
      hundredths += begins ? c < 0x80 ? 50 : 100 : 0;
      hundredths += c < 0x80 ? ascii(c, before, word) : c < 0x800 ? twoBytes(c) : threeBytes(c);
      before = c;
    }
    return Math.ceilDiv(hundredths, 100);
  }

  private static boolean isCapital(char c) {
    return c < 0x80 ? c >= 'A' && c <= 'Z' : Character.isUpperCase(c);
  }

  private static boolean isLetter(char c) {
    return c < 0x80 ? (c | 0x20) >= 'a' && (c | 0x20) <= 'z' : Character.isLetter(c);
  }

  private static int ascii(char c, char before, int word) {
    if (word > 0) {
      return word > MAX_WORD ? 100 : isCapital(c) ? 70 : word > CHEAP_LETTERS ? 50 : 30;
    }
    return switch (c) {
      case ' ' -> before == ' ' ? 25 : 0;
      case '\t', '\r' -> 50;
      default -> 100;
    };
  }

  private static int twoBytes(char c) {
    boolean accentedLatin = c >= 0xC0 && c <= 0x24F;
    boolean greekOrCyrillic = c >= 0x370 && c <= 0x52F;
    return accentedLatin || greekOrCyrillic ? 100 : 200;
  }

  private static int threeBytes(char c) {
    if (Character.isSurrogate(c)) {
      return 200;
    }
    if (c >= 0xAC00 && c <= 0xD7A3) {
      return 250;
    }
    if (c >= 0x3040 && c <= 0x30FF) {
      return 150;
    }
    return isCommonThreeByte(c) ? 200 : 300;
  }

  private static boolean isCommonThreeByte(char c) {
    boolean indianOrThai = (c >= 0x900 && c <= 0xD7F) || (c >= 0xE00 && c <= 0xE7F);
    boolean rareLatin = c >= 0x1E00 && c <= 0x1EFF;
    boolean typographic = c >= 0x2000 && c <= 0x206F;
    boolean han = (c >= 0x3000 && c <= 0x303F) || (c >= 0x4E00 && c <= 0x9FFF);
    boolean fullWidth = c >= 0xFF00 && c <= 0xFFEF;
    return indianOrThai || rareLatin || typographic || han || fullWidth;
  }
}
