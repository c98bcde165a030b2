package dev.chatgate.local.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Generates a value that is valid for a JSON schema, with every property. */
final class SchemaSample {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MAX_DEPTH = 16;

  private SchemaSample() {}

  /** A value for the schema; an object without members if the schema says nothing. */
  static JsonNode of(JsonNode schema) {
    return of(schema, schema, 0);
  }

  private static JsonNode of(JsonNode schema, JsonNode root, int depth) {
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.path("enum").size() > 0) {
      return schema.get("enum").get(0);
    }
    if (depth > MAX_DEPTH) {
      return NODES.nullNode();
    }
    if (schema.has("$ref")) {
      return of(root.at(schema.get("$ref").asText().replaceFirst("^#", "")), root, depth + 1);
    }
    for (String either : new String[] {"anyOf", "oneOf"}) {
      if (schema.path(either).size() > 0) {
        return of(schema.get(either).get(0), root, depth + 1);
      }
    }
    return ofType(schema, root, depth);
  }

  private static JsonNode ofType(JsonNode schema, JsonNode root, int depth) {
    JsonNode type = schema.path("type");
    return switch (type.isArray() ? type.path(0).asText() : type.asText()) {
      case "string" -> NODES.textNode("sample");
      case "integer" -> NODES.numberNode(Math.max(1, schema.path("minimum").asInt(1)));
      case "number" -> NODES.numberNode(Math.max(1.5, schema.path("minimum").asDouble(1.5)));
      case "boolean" -> NODES.booleanNode(true);
      case "null" -> NODES.nullNode();
      case "array" -> NODES.arrayNode().add(of(schema.path("items"), root, depth + 1));
      default -> object(schema, root, depth);
    };
  }

  private static ObjectNode object(JsonNode schema, JsonNode root, int depth) {
    ObjectNode object = NODES.objectNode();
    for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
      object.set(member.getKey(), of(member.getValue(), root, depth + 1));
    }
    return object;
  }
}
