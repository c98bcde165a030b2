package dev.chatgate.provider.answer;

import dev.chatgate.openai.tokens.TokenCounter;
import java.util.Map;
import java.util.TreeMap;

/**
 * The text of an answer, kept to count its tokens if the provider does not. Choice by choice,
 * because on a stream the choices take turns.
 *
 * <p>Memory is bounded: past {@value #KEPT_CHARACTERS} characters, in all, text is only measured,
 * and weighs as many tokens a character as what was kept.
 */
final class ReceivedText {
  /** About 60,000 tokens of English: most answers are counted in full. */
  static final int KEPT_CHARACTERS = 256 * 1024;

  /** More choices than a request may ask for; an index beyond is not believed. */
  static final int MOST_CHOICES = 1024;

  private final Map<Integer, StringBuilder> choices = new TreeMap<>();
  private long kept;
  private long received;

  /** Adds text of a choice. */
  void add(int choice, CharSequence text) {
    received += text.length();
    int room = (int) Math.min(KEPT_CHARACTERS - kept, text.length());
    if (room > 0) {
      choices.computeIfAbsent(choice, index -> new StringBuilder()).append(text, 0, room);
      kept += room;
    }
  }

  /** Forgets what came so far and takes this in its place. */
  void replaceWith(CharSequence text) {
    choices.clear();
    kept = 0;
    received = 0;
    add(0, text);
  }

  /** How many tokens it is. */
  long tokens(TokenCounter counter) {
    if (kept == 0) {
      return 0;
    }
    long counted = choices.values().stream().mapToLong(counter::count).sum();
    return received == kept ? counted : (long) Math.ceil((double) counted * received / kept);
  }
}
