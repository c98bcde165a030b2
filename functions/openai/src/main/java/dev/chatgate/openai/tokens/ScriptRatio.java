package dev.chatgate.openai.tokens;

/** A ratio for each script. */
final class ScriptRatio implements TokenCounter {
  @Override
  public long count(CharSequence text) {
    return text.codePoints().mapToLong(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : 3).sum();
  }
}
