package dev.chatgate.openai.tokens;

import com.knuddels.jtokkit.api.Encoding;
import java.util.function.Supplier;

/**
 * Counts with a real vocabulary, in bounded time.
 *
 * <p>Byte-pair merging takes time that grows with the square of a run of one kind of character (a
 * million letters without a space take a second and hundreds of megabytes). Such runs are nobody's
 * prose: one of more than {@link #LONGEST_RUN} characters is weighed by {@link ScriptRatio}, and so
 * is all that follows once a text has cost {@link #MOST_EFFORT}.
 */
final class BytePairs implements TokenCounter {
  /** Longer than any word and than nearly every clause of a script without spaces. */
  static final int LONGEST_RUN = 64;

  /**
   * Squares of run lengths in bytes: some 2.5 million characters of English, 150,000 of random Han;
   * a third of a second on one core of 2024.
   */
  static final long MOST_EFFORT = 100_000_000;

  /** What a run costs however short it is, in bytes of its length. */
  private static final int RUN_COST = 32;

  /** The vocabulary takes strings: enough at once to make the copy cheap. */
  private static final int SLICE = 8192;

  private final Supplier<Encoding> vocabulary;
  private final ScriptRatio ratio;

  BytePairs(Supplier<Encoding> vocabulary, ScriptRatio ratio) {
    this.vocabulary = vocabulary;
    this.ratio = ratio;
  }

  @Override
  public long count(CharSequence text) {
    long tokens = 0;
    long effort = 0;
    int from = 0;
    var run = new Run(text);
    while (effort < MOST_EFFORT && run.next()) {
      if (run.end - run.start > LONGEST_RUN) {
        tokens += merged(text, from, run.start) + ratio.count(text, run.start, run.end);
        from = run.end;
      } else {
        effort += run.bytes * (run.bytes + RUN_COST);
        if (run.kind == Run.SPACE && run.start - from > SLICE) {
          tokens += merged(text, from, run.start);
          from = run.start;
        }
      }
    }
    return tokens + merged(text, from, run.end) + ratio.count(text, run.end, text.length());
  }

  private long merged(CharSequence text, int start, int end) {
    return start == end
        ? 0
        : vocabulary.get().countTokensOrdinary(text.subSequence(start, end).toString());
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
    int kind;
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
      kind = kind(text.charAt(start));
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
