package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.JsonToken;

/** What a JSON value is, as a rule sees it. */
public enum JsonType {
  STRING("a string"),
  INTEGER("an integer"),
  NUMBER("a number"),
  BOOLEAN("a boolean"),
  OBJECT("an object"),
  ARRAY("an array"),
  NULL("null");

  private final String words;

  JsonType(String words) {
    this.words = words;
  }

  /** The type with its article, as a message says it. */
  String words() {
    return words;
  }

  /** The type of the value that begins with this token; an integer by its spelling. */
  static JsonType of(JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> STRING;
      case VALUE_NUMBER_INT -> INTEGER;
      case VALUE_NUMBER_FLOAT -> NUMBER;
      case VALUE_TRUE, VALUE_FALSE -> BOOLEAN;
      case START_OBJECT -> OBJECT;
      case START_ARRAY -> ARRAY;
      case VALUE_NULL -> NULL;
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IllegalArgumentException(token + " begins no value");
    };
  }
}
