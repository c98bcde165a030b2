package dev.chatgate.openai.tokens;

import java.util.function.Supplier;

/**
 * Counts with a real vocabulary, in bounded time.
 *
 * <p>A run of more than {@link #MAX_RUN} characters of one kind is not prose and the dearest to
 * merge: it is weighed by {@link ScriptRatio}, and so is all that follows once a text has cost
 * {@link #MAX_EFFORT}.
 */
final class BytePairs implements TokenCounter {
  /** Longer than any word and than nearly every clause of a script without spaces. */
  static final int MAX_RUN = 64;

  /**
   * Squares of run lengths in bytes: some 2.5 million characters of English, 150,000 of random Han;
   * less than half a second on one core of 2024.
   */
  static final long MAX_EFFORT = 100_000_000;

  /** What a run costs however short it is, in bytes of its length. */
  private static final int RUN_COST = 32;

  private final Supplier<Tokenizer> tokenizer;
  private final ScriptRatio ratio;

  BytePairs(Supplier<Tokenizer> tokenizer, ScriptRatio ratio) {
    this.tokenizer = tokenizer;
    this.ratio = ratio;
  }

  @Override
  public long count(CharSequence text) {
    long tokens = 0;
    long effort = 0;
    int from = 0;
    var run = new Run(text);
    while (effort < MAX_EFFORT && run.next()) {
      if (run.end - run.start > MAX_RUN) {
        tokens += merged(text, from, run.start) + ratio.count(text, run.start, run.end);
        from = run.end;
      } else {
        effort += run.bytes * (run.bytes + RUN_COST);
      }
    }
    return tokens + merged(text, from, run.end) + ratio.count(text, run.end, text.length());
  }

  private long merged(CharSequence text, int start, int end) {
    return start == end ? 0 : tokenizer.get().count(text, start, end);
  }

  /** Walks a text by its longest stretches of one kind of character, which merging never leaves. */
  private static final class Run {
    static final int LETTER = 0;
    static final int DIGIT = 1;
    static final int SPACE = 2;
    static final int SIGN = 3;

    private final CharSequence text;
    int start;
    int end;
    long bytes;

    Run(CharSequence text) {
      this.text = text;
    }

    boolean next() {
      if (end == text.length()) {
        return false;
      }
      start = end;
      bytes = 0;
      int kind = kind(text.charAt(start));
      do {
        char c = text.charAt(end++);
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      } while (end < text.length() && kind(text.charAt(end)) == kind);
      return true;
    }

    private static int kind(char c) {
      if (c < 0x80) {
        boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        return letter ? LETTER : c > ' ' ? c >= '0' && c <= '9' ? DIGIT : SIGN : SPACE;
      }
      return switch (Character.getType(c)) {
        case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
            DIGIT;
        case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
            SPACE;
        case Character.UPPERCASE_LETTER,
            Character.LOWERCASE_LETTER,
            Character.TITLECASE_LETTER,
            Character.MODIFIER_LETTER,
            Character.OTHER_LETTER,
            Character.NON_SPACING_MARK,
            Character.COMBINING_SPACING_MARK,
            Character.ENCLOSING_MARK ->
            LETTER;
        default -> SIGN;
      };
    }
  }
}
