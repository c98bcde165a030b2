package dev.chatgate.openai.tokens;

/** Finds the counter that suits a model. One instance serves a whole process. */
public final class TokenCounters {
  private final TokenCounter ratio = new ScriptRatio();

  /** Loads nothing yet: tables come with the first count, or with {@link #prime}. */
  public TokenCounters() {}

  /** Loads every table now, so that a snapshot of the process holds them. */
  public void prime() {
    var _ = ratio.count("");
  }

  /**
   * The counter for a model.
   *
   * @param model the provider's name for it, with or without a vendor's prefix
   */
  public TokenCounter forModel(String model) {
    return ratio;
  }
}
