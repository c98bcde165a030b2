package dev.chatgate.openai.tokens;

/** Counts the tokens of a text, exactly or erring high. Safe for use by many threads. */
@FunctionalInterface
public interface TokenCounter {
  /** The number of tokens that a model makes of the text; at least 0, never too low by intent. */
  long count(CharSequence text);
}
