package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.json.Span;
import java.io.IOException;

/**
 * Receives what a {@link BodyReader} finds in a body at the places that a rule names, in the order
 * of the body. A path is that of the rule, like {@code messages[].role}. Every method does nothing
 * by default.
 */
public interface FieldReceiver {
  /**
   * A token of the body that was found valid, whether a rule names its place or not.
   *
   * @param json at that token
   */
  default void token(JsonToken token, JsonParser json) throws IOException {}

  /**
   * The body's opening brace.
   *
   * @param end index of the byte after it
   */
  default void opened(int end) {}

  /** A string that its rule restricts: by values, length, or because a relation depends on it. */
  default void text(String path, String value, Span at) {}

  /** An integer for which the rule has a range. */
  default void number(String path, long value) {}

  /** A boolean. */
  default void flag(String path, boolean value, Span at) {}

  /** A null. */
  default void nothing(String path, Span at) {}

  /**
   * An object that is the value of a member of the body itself.
   *
   * @param at the object, braces included
   * @param empty whether it has no member
   */
  default void object(String path, Span at, boolean empty) {}
}
