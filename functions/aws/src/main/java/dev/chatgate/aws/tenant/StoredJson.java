package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of stored JSON. Each method reads the value at which the parser stands, to its end,
 * and throws an {@link IllegalArgumentException} without a message if it is of another type.
 */
final class StoredJson {
  static final JsonFactory FACTORY = new JsonFactory();

  private StoredJson() {}

  /** Reads a member of an object. */
  interface Member {
    /** Reads the value at which the parser stands, to its end. */
    void read(String name, JsonParser json) throws IOException;
  }

  /** Reads one value of a list. */
  interface Element<T> {
    /** Reads the value at which the parser stands, to its end. */
    T read(JsonParser json) throws IOException;
  }

  static void object(JsonParser json, Member member) throws IOException {
    require(json.currentToken() == JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      json.nextToken();
      member.read(name, json);
    }
    require(json.currentToken() == JsonToken.END_OBJECT);
  }

  static <T> List<T> list(JsonParser json, Element<T> element) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY);
    var elements = new ArrayList<T>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      elements.add(element.read(json));
    }
    return elements;
  }

  static String string(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.VALUE_STRING);
    return json.getText();
  }

  static boolean flag(JsonParser json) throws IOException {
    require(json.currentToken().isBoolean());
    return json.getBooleanValue();
  }

  static List<String> strings(JsonParser json) throws IOException {
    return list(json, StoredJson::string);
  }

  static Map<String, String> stringsByName(JsonParser json) throws IOException {
    var strings = new LinkedHashMap<String, String>();
    object(json, (name, value) -> strings.put(name, string(value)));
    return strings;
  }

  /** The text of an object, without white space. */
  static String text(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_OBJECT);
    var text = new StringWriter();
    try (var copy = FACTORY.createGenerator(text)) {
      copy.copyCurrentStructure(json);
    }
    return text.toString();
  }

  static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException();
    }
  }

  static <T> T require(@Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException();
    }
    return value;
  }
}
