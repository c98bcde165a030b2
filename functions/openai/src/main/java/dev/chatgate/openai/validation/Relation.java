package dev.chatgate.openai.validation;

import java.util.List;

/** What one member of an object requires of another. */
public sealed interface Relation {
  /** The object that both are in, as in {@link Rule#path}; empty for the body itself. */
  String path();

  /** Where {@code tag} is {@code value}, {@code field} must be there and not null. */
  record Needs(String path, String tag, String value, String field) implements Relation {}

  /** {@code field}, unless null, only where {@code flag} is true. */
  record OnlyWith(String path, String field, String flag) implements Relation {}

  /**
   * {@code field} must be there and not null, unless {@code tag} is {@code value} and one of the
   * {@code substitutes} is there, neither null nor empty.
   *
   * @param expected what the field holds, in an error's words
   * @param exception the exception to the rule, in an error's words
   */
  record Unless(
      String path,
      String field,
      String tag,
      String value,
      List<String> substitutes,
      String expected,
      String exception)
      implements Relation {
    /** Copies what it is given. */
    public Unless {
      substitutes = List.copyOf(substitutes);
    }
  }
}
