package dev.chatgate.provider.answer;

import dev.chatgate.openai.tokens.TokenCounter;
import java.util.Map;
import java.util.TreeMap;

/**
 * The text of an answer, kept to count its tokens if the provider does not. Output by output,
 * because on a stream the outputs take turns.
 *
 * <p>Memory is bounded: past {@value #KEPT_CHARACTERS} characters, in all, text is only measured,
 * and weighs as many tokens a character as what was kept.
 */
final class ReceivedText {
  /** About 60,000 tokens of English: most answers are counted in full. */
  static final int KEPT_CHARACTERS = 256 * 1024;

  private final Map<Integer, StringBuilder> outputs = new TreeMap<>();
  private long kept;
  private long received;

  /** Adds text of an output. */
  void add(int output, CharSequence text) {
    received += text.length();
    int room = (int) Math.min(KEPT_CHARACTERS - kept, text.length());
    if (room > 0) {
      outputs.computeIfAbsent(output, index -> new StringBuilder()).append(text, 0, room);
      kept += room;
    }
  }

  /** Forgets what came so far and takes this in its place. */
  void replaceWith(CharSequence text) {
    outputs.clear();
    kept = 0;
    received = 0;
    add(0, text);
  }

  /** How many tokens it is. */
  long tokens(TokenCounter counter) {
    if (kept == 0) {
      return 0;
    }
    long counted = outputs.values().stream().mapToLong(counter::count).sum();
    return received == kept ? counted : (long) Math.ceil((double) counted * received / kept);
  }
}
