package dev.chatgate.cli.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The scalar values of a JSON text by their JSON pointers. */
final class JsonTexts {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, String> values;

  private JsonTexts(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads a text.
   *
   * @throws IOException if it is not JSON
   */
  static JsonTexts read(String text) throws IOException {
    var values = new HashMap<String, String>();
    try (var parser = JSON.createParser(text)) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
          values.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
        }
      }
    }
    return new JsonTexts(values);
  }

  /**
   * A value as text.
   *
   * @throws IOException if it is missing
   */
  String text(String pointer) throws IOException {
    var value = values.get(pointer);
    if (value == null) {
      throw new IOException("the answer has no " + pointer);
    }
    return value;
  }

  /**
   * A whole number.
   *
   * @throws IOException if it is missing, or not a whole number
   */
  long number(String pointer) throws IOException {
    try {
      return Long.parseLong(text(pointer));
    } catch (NumberFormatException e) {
      throw new IOException(pointer + " is not a whole number", e);
    }
  }

  /** Whether there is a value below a pointer. */
  boolean hasAnyBelow(String pointer) {
    return values.keySet().stream().anyMatch(name -> name.startsWith(pointer + "/"));
  }
}
