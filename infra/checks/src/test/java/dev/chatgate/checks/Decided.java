package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A template with its conditions decided, as CloudFormation does it for a stack: what a false
 * condition excludes is gone.
 */
final class Decided {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^!}][^}]*)}");
  private static final JsonNode NO_VALUE = Template.read("!Ref AWS::NoValue").root();

  private final Template template;
  private final Map<String, String> parameters;

  private Decided(Template template, Map<String, String> parameters) {
    this.template = template;
    this.parameters = parameters;
  }

  /**
   * Decides the conditions of a template.
   *
   * @param template the source, or what SAM made of it
   * @param parameters values of parameters; the others have their defaults
   * @return a copy without conditions, in which the values are the parameters' defaults
   */
  static Template of(Template template, Map<String, String> parameters) {
    return new Decided(template, parameters).copy();
  }

  private Template copy() {
    ObjectNode copy = template.root().deepCopy();
    copy.remove("Conditions");
    copy.set("Resources", kept(copy.get("Resources")));
    copy.set("Outputs", kept(copy.get("Outputs")));
    parameters.forEach(
        (name, value) -> ((ObjectNode) copy.get("Parameters").get(name)).put("Default", value));
    return new Template(copy);
  }

  private ObjectNode kept(JsonNode section) {
    var kept = JsonNodeFactory.instance.objectNode();
    section
        .properties()
        .forEach(one -> {
          var condition = one.getValue().path("Condition");
          if (condition.isMissingNode() || isTrue(condition.asText())) {
            var chosen = (ObjectNode) chosen(one.getValue());
            chosen.remove("Condition");
            kept.set(one.getKey(), chosen);
          }
        });
    return kept;
  }

  /** A copy of a part of the template, with one branch of each {@code Fn::If}. */
  private JsonNode chosen(JsonNode node) {
    if (node.has("Fn::If")) {
      var parts = node.get("Fn::If");
      return chosen(parts.get(isTrue(parts.get(0).asText()) ? 1 : 2));
    }
    if (node.isArray()) {
      var list = JsonNodeFactory.instance.arrayNode();
      node.valueStream()
          .map(this::chosen)
          .filter(item -> !item.equals(NO_VALUE))
          .forEach(item -> list.add(item));
      return list;
    }
    if (node.isObject()) {
      var object = JsonNodeFactory.instance.objectNode();
      node.properties()
          .forEach(field -> {
            var value = chosen(field.getValue());
            if (!value.equals(NO_VALUE)) {
              object.set(field.getKey(), value);
            }
          });
      return object;
    }
    return node;
  }

  private boolean isTrue(String condition) {
    return holds(template.root().get("Conditions").get(condition));
  }

  private boolean holds(JsonNode test) {
    var function = test.fieldNames().next();
    var argument = test.get(function);
    return switch (function) {
      case "Fn::Equals" -> value(argument.get(0)).equals(value(argument.get(1)));
      case "Fn::Not" -> !holds(argument.get(0));
      case "Fn::And" -> argument.valueStream().allMatch(this::holds);
      case "Fn::Or" -> argument.valueStream().anyMatch(this::holds);
      case "Condition" -> isTrue(argument.asText());
      default -> throw new IllegalArgumentException(function + " in a condition");
    };
  }

  private String value(JsonNode operand) {
    if (!operand.has("Ref")) {
      return operand.asText();
    }
    var name = operand.get("Ref").asText();
    var value = parameters.get(name);
    return value == null ? template.parameters().get(name).path("Default").asText() : value;
  }

  /** Names that are referred to, and are neither parameters nor resources of the template. */
  static Set<String> dangling(Template template) {
    var names = references(template.resources());
    names.addAll(references(template.root().get("Outputs")));
    names.removeIf(name ->
        name.startsWith("AWS::")
            || template.resources().has(name)
            || template.parameters().has(name));
    return names;
  }

  /** Names of parameters and resources that a part of a template refers to. */
  static Set<String> references(JsonNode node) {
    var names = new TreeSet<String>();
    references(node, names);
    return names;
  }

  private static void references(JsonNode node, Set<String> into) {
    node.properties().forEach(field -> reference(field.getKey(), field.getValue(), into));
    node.forEach(child -> references(child, into));
  }

  private static void reference(String function, JsonNode argument, Set<String> into) {
    switch (function) {
      case "Ref" -> into.add(argument.asText());
      case "Fn::GetAtt" -> into.add(resource(argument.isArray() ? argument.get(0) : argument));
      case "DependsOn" ->
          (argument.isArray() ? argument.valueStream() : Stream.of(argument))
              .forEach(one -> into.add(one.asText()));
      case "Fn::Sub" -> substituted(argument, into);
      default -> {}
    }
  }

  private static void substituted(JsonNode argument, Set<String> into) {
    var text = argument.isArray() ? argument.get(0) : argument;
    VARIABLE
        .matcher(text.asText())
        .results()
        .map(found -> found.group(1))
        .filter(name -> !argument.isArray() || !argument.get(1).has(name))
        .forEach(name -> into.add(name.replaceFirst("\\..*", "")));
  }

  private static String resource(JsonNode name) {
    return name.asText().replaceFirst("\\..*", "");
  }
}
