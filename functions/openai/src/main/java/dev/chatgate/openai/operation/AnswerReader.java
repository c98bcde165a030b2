package dev.chatgate.openai.operation;

import dev.chatgate.usage.TokenCounts;
import java.util.Optional;

/**
 * Reads the answer to one request: whole, or the data of one event of a stream after the other. Not
 * for many threads.
 */
public interface AnswerReader {
  /**
   * Reads one JSON text. Of broken JSON the result is what stands before the break.
   *
   * @param json UTF-8; must not change while the result is in use
   */
  AnswerPart read(byte[] json, int offset, int length);

  /** Whether everything that was asked for has come so far. */
  boolean isComplete();

  /** Whether any output was read so far, be it an empty one. */
  boolean hasOutput();

  /** The data of the event that ends a stream, like {@code [DONE]}; empty if there is none. */
  Optional<String> endMark();

  /** What an answer is called in an error message, with its article. */
  String answerName();

  /**
   * The counts of a usage object.
   *
   * @param usage JSON as the provider sent it
   * @return empty if it cannot be believed
   */
  Optional<TokenCounts> readUsage(String usage);

  /** A usage object with these counts and nothing else, as {@link #readUsage} reads it. */
  String writeUsage(TokenCounts counts);
}
