package dev.chatgate.identity.login;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON value (RFC 8259) of a token's header or claims. */
sealed interface JsonValue {
  /** A string. */
  record Text(String value) implements JsonValue {}

  /** A number, with all its digits. */
  record Numeric(BigDecimal value) implements JsonValue {}

  /** {@code true} or {@code false}. */
  record Flag(boolean value) implements JsonValue {}

  /** {@code null}. */
  record Null() implements JsonValue {}

  /** An array. */
  record Array(List<JsonValue> values) implements JsonValue {}

  /** An object. */
  record Members(Map<String, JsonValue> byName) implements JsonValue {
    /** The value of a member; empty if there is no such member. */
    Optional<JsonValue> find(String name) {
      return Optional.ofNullable(byName.get(name));
    }

    /** Reads an object; empty if the text is not exactly one, or names a member twice. */
    static Optional<Members> read(String json) {
      try (var parser = Reader.JSON.createParser(json)) {
        return parser.nextToken() == JsonToken.START_OBJECT
            ? Optional.of(Reader.members(parser)).filter(_ -> Reader.isAtEnd(parser))
            : Optional.empty();
      } catch (IOException | NumberFormatException e) {
        // The second for an exponent beyond a BigDecimal's.
        return Optional.empty();
      }
    }
  }

  /** Reads the value at which a parser is. */
  final class Reader {
    private static final int MAX_DEPTH = 20;

    /**
     * Remembers no names: they come from anybody, and a factory would keep them for the next token.
     */
    private static final JsonFactory JSON =
        JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private Reader() {}

    private static Members members(JsonParser json) throws IOException {
      var members = new LinkedHashMap<String, JsonValue>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        var name = json.currentName();
        json.nextToken();
        members.put(name, value(json));
      }
      return new Members(members);
    }

    private static Array array(JsonParser json) throws IOException {
      var values = new ArrayList<JsonValue>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        values.add(value(json));
      }
      return new Array(values);
    }

    private static JsonValue value(JsonParser json) throws IOException {
      return switch (json.currentToken()) {
        case START_OBJECT -> members(json);
        case START_ARRAY -> array(json);
        case VALUE_STRING -> new Text(json.getText());
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Numeric(json.getDecimalValue());
        case VALUE_TRUE -> new Flag(true);
        case VALUE_FALSE -> new Flag(false);
        default -> new Null();
      };
    }

    private static boolean isAtEnd(JsonParser json) {
      try {
        return json.nextToken() == null;
      } catch (IOException e) {
        return false;
      }
    }
  }
}
