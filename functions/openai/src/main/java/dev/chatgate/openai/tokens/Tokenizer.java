package dev.chatgate.openai.tokens;

import java.util.regex.Pattern;

/**
 * Counts as OpenAI's tiktoken does: a pattern splits a text into pieces, and each is merged by a
 * vocabulary. Special tokens are text like any other. Immutable; the patterns look at no character
 * more than a few times, so a text takes time in proportion to its length.
 */
final class Tokenizer {
  private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String CAPITALS = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String SMALL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String BEFORE_LETTERS = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String DIGITS = "\\p{N}{1,3}";
  private static final String SIGNS = " ?[^\\s\\p{L}\\p{N}]+";
  private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /**
   * In characters. A longer piece is not natural text; it is merged in parts, so that what merging
   * takes of the heap is less than half a megabyte.
   */
  static final int MAX_PIECE = 4096;

  private final Pattern piece;
  private final Vocabulary vocabulary;

  private Tokenizer(Vocabulary vocabulary, String... pieces) {
    this.vocabulary = vocabulary;
    this.piece = Pattern.compile(String.join("|", pieces), Pattern.UNICODE_CHARACTER_CLASS);
  }

  /** Of the models of 2022 to early 2024; loaded once for the process. */
  static Tokenizer cl100k() {
    return Cl100k.LOADED;
  }

  /** Of the models since; loaded once for the process. */
  static Tokenizer o200k() {
    return O200k.LOADED;
  }

  /** The number of tokens of the characters from {@code start} up to {@code end}. */
  long count(CharSequence text, int start, int end) {
    var merge = new Merge(vocabulary);
    var pieces = piece.matcher(text).region(start, end);
    long tokens = 0;
    while (pieces.find()) {
      for (int at = pieces.start(); at < pieces.end(); at += MAX_PIECE) {
        tokens += merge.count(text, at, Math.min(at + MAX_PIECE, pieces.end()));
      }
    }
    return tokens;
  }

  private static final class Cl100k {
    static final Tokenizer LOADED =
        new Tokenizer(
            Vocabulary.load("cl100k"),
            CONTRACTION,
            BEFORE_LETTERS + "\\p{L}+",
            DIGITS,
            SIGNS + "[\\r\\n]*",
            SPACES);
  }

  private static final class O200k {
    static final Tokenizer LOADED =
        new Tokenizer(
            Vocabulary.load("o200k"),
            BEFORE_LETTERS + CAPITALS + "*" + SMALL + "+" + CONTRACTION + "?",
            BEFORE_LETTERS + CAPITALS + "+" + SMALL + "*" + CONTRACTION + "?",
            DIGITS,
            SIGNS + "[\\r\\n/]*",
            SPACES);
  }
}
