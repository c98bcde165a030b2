package dev.chatgate.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A value in an operator's JSON, read strictly: what is not expected is a {@link FormatException}
 * that names the path.
 *
 * @param path from the root, like {@code tenants[1].quota}
 * @param node the value
 */
record JsonValue(String path, JsonNode node) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /**
   * Parses a text.
   *
   * @param root the name of the root in paths
   * @throws FormatException if it is not JSON, or an object has a name twice
   */
  static JsonValue parse(String text, String root) {
    try (var parser = JSON.createParser(text)) {
      JsonNode node =
          parser.nextToken() == null ? MissingNode.getInstance() : JSON.readTree(parser);
      if (parser.nextToken() != null) {
        throw new FormatException("there is more after the end of the JSON");
      }
      return new JsonValue(root, node);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new FormatException("line %d: %s".formatted(line, e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("reading a string does not fail", e);
    }
  }

  /**
   * An error about this value.
   *
   * @param problem the end of a sentence that begins with the path
   */
  FormatException error(String problem) {
    return new FormatException(path + problem);
  }

  /** A string. */
  String text() {
    if (!node.isTextual()) {
      throw error(" must be a string");
    }
    return node.textValue();
  }

  /** {@code true} or {@code false}. */
  boolean flag() {
    if (!node.isBoolean()) {
      throw error(" must be true or false");
    }
    return node.booleanValue();
  }

  /**
   * A number in units of a power of ten.
   *
   * @param digits decimal places that the unit has, 0 or more
   */
  long number(int digits) {
    return valid(() -> {
      try {
        return node.decimalValue().movePointRight(digits).longValueExact();
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("number out of range, or finer than a millionth", e);
      }
    });
  }

  /** A number. */
  BigDecimal decimal() {
    if (!node.isNumber()) {
      throw error(" must be a number");
    }
    return node.decimalValue();
  }

  /** A list. */
  <T> List<T> list(Function<JsonValue, T> element) {
    if (!node.isArray()) {
      throw error(" must be a list");
    }
    var elements = new ArrayList<T>();
    for (var each : node) {
      elements.add(element.apply(new JsonValue(path + "[" + elements.size() + "]", each)));
    }
    return elements;
  }

  /** An object's members, in their order. */
  List<Map.Entry<String, JsonValue>> members() {
    if (!node.isObject()) {
      throw error(" must be an object");
    }
    return node.properties().stream()
        .map(member ->
            Map.entry(
                member.getKey(), new JsonValue(path + "." + member.getKey(), member.getValue())))
        .toList();
  }

  /**
   * Refuses an object with other members.
   *
   * @param problem what is said of the first of them
   */
  void requireOnly(Set<String> names, String problem) {
    members().stream()
        .filter(member -> !names.contains(member.getKey()))
        .findFirst()
        .ifPresent(member -> {
          throw member.getValue().error(problem);
        });
  }

  /** A member of an object. */
  Optional<JsonValue> get(String name) {
    return Optional.ofNullable(node.get(name))
        .map(value -> new JsonValue(path + "." + name, value));
  }

  /** An object whose members are all strings. */
  Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    members().forEach(member -> texts.put(member.getKey(), member.getValue().text()));
    return texts;
  }

  /** Builds a value, and says of what is wrong with it where it is. */
  <T> T valid(Supplier<T> value) {
    try {
      return value.get();
    } catch (FormatException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw error(": " + e.getMessage());
    }
  }
}
