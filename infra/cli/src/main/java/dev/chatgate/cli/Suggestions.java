package dev.chatgate.cli;

import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a mistyped command or option may have meant: of picocli's suggestions, those that differ
 * from it in few characters.
 */
final class Suggestions {
  /** Characters of a word for each of which one may differ; two always may. */
  private static final int CHARACTERS_PER_DIFFERENCE = 4;

  private static final int ALLOWED = 2;

  private Suggestions() {}

  static List<String> of(UnmatchedArgumentException exception) {
    var typed = exception.getUnmatched().getFirst();
    int allowed = Math.max(ALLOWED, typed.length() / CHARACTERS_PER_DIFFERENCE);
    return exception.getSuggestions().stream()
        .filter(word -> distance(typed, word) <= allowed)
        .sorted(Comparator.comparingInt(word -> distance(typed, word)))
        .toList();
  }

  /** Levenshtein's distance. */
  private static int distance(String one, String other) {
    var previous = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      var current = new int[other.length() + 1];
      current[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replaced = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[other.length()];
  }
}
