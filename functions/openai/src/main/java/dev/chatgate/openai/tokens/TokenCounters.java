package dev.chatgate.openai.tokens;

import java.util.List;
import java.util.Locale;

/**
 * Finds the counter that suits a model: OpenAI's own vocabulary for OpenAI's names, with or without
 * a vendor's prefix ({@code openai/gpt-4o}), and a ratio by script for every other. One instance
 * serves a whole process and many threads.
 */
public final class TokenCounters {
  private static final List<String> O200K =
      List.of("gpt-4o", "chatgpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "o1", "o3", "o4");
  private static final List<String> CL100K = List.of("gpt-4", "gpt-3.5", "gpt-35");

  private final ScriptRatio ratio = new ScriptRatio();
  private final TokenCounter o200k = new BytePairs(Tokenizer::o200k, ratio);
  private final TokenCounter cl100k = new BytePairs(Tokenizer::cl100k, ratio);

  /** Loads no vocabulary yet: each comes with its first count, or with {@link #prime}. */
  public TokenCounters() {}

  /**
   * Loads both vocabularies now, 30 ms and 4 MB of heap, so that a snapshot of the process holds
   * them. They are immutable and hold nothing of any text.
   */
  public void prime() {
    var _ = o200k.count("prime") + cl100k.count("prime");
  }

  /**
   * The counter for a model.
   *
   * @param model the provider's name for it, in any letter case; an unknown name has a counter too
   */
  public TokenCounter forModel(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    int slash = name.lastIndexOf('/');
    String vendor = name.substring(0, slash + 1);
    if (!vendor.isEmpty() && !vendor.contains("openai") && !vendor.contains("azure")) {
      return ratio;
    }
    String bare = name.substring(slash + 1);
    String family = bare.startsWith("ft:") ? bare.substring(3) : bare;
    return isOf(O200K, family) ? o200k : isOf(CL100K, family) ? cl100k : ratio;
  }

  /**
   * Whether the name is one of the family's, or goes on after it with a sign or, for a date, so.
   */
  private static boolean isOf(List<String> family, String name) {
    return family.stream()
        .anyMatch(member ->
            name.startsWith(member)
                && (name.length() == member.length()
                    || !Character.isLetterOrDigit(name.charAt(member.length()))));
  }
}
