package dev.chatgate.local.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Evaluates the CloudFormation functions that the template uses. */
final class Resolver {
  /** {@code AWS::NoValue}: a member with this value is removed. */
  static final Object NO_VALUE = new Object();

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^!}][^}]*)\\}");

  private final Map<String, String> references;
  private final Map<String, Object> conditions;
  private final Map<String, Object> mappings;
  private final BiFunction<String, String, String> attributes;

  /**
   * @param references what {@code !Ref} gives for parameters, resources and pseudo parameters
   * @param conditions the template's own, unresolved
   * @param mappings the template's own
   * @param attributes what {@code !GetAtt} gives for a resource and an attribute
   */
  Resolver(
      Map<String, String> references,
      Map<String, Object> conditions,
      Map<String, Object> mappings,
      BiFunction<String, String, String> attributes) {
    this.references = references;
    this.conditions = conditions;
    this.mappings = mappings;
    this.attributes = attributes;
  }

  /** The value with every function in it evaluated. */
  @Nullable Object resolve(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Intrinsic call -> call(call.name(), call.argument());
      case Map<?, ?> map -> map(map);
      case List<?> list ->
          list.stream().map(this::resolve).filter(item -> item != NO_VALUE).toList();
      default -> value;
    };
  }

  private @Nullable Object map(Map<?, ?> map) {
    if (map.size() == 1) {
      Map.Entry<?, ?> only = map.entrySet().iterator().next();
      String key = String.valueOf(only.getKey());
      if (key.equals("Ref") || key.startsWith("Fn::")) {
        return call(key.replace("Fn::", ""), only.getValue());
      }
    }
    var result = new LinkedHashMap<String, @Nullable Object>();
    map.forEach((key, value) -> {
      Object resolved = resolve(value);
      if (resolved != NO_VALUE) {
        result.put(String.valueOf(key), resolved);
      }
    });
    return result;
  }

  private @Nullable Object call(String name, @Nullable Object argument) {
    return switch (name) {
      case "Ref" -> reference(text(argument));
      case "GetAtt" -> attribute(argument);
      case "Sub" -> substitute(argument);
      case "If" -> choose(list(argument));
      case "Join" -> join(list(argument));
      case "Select" -> select(list(argument));
      case "Split" -> List.of(text(list(argument).get(1)).split(text(list(argument).get(0)), -1));
      case "FindInMap" -> find(list(argument));
      case "ToJsonString" -> json(argument);
      case "Equals", "Not", "And", "Or", "Condition" -> test(new Intrinsic(name, argument));
      default ->
          throw new TemplateException("the local doors do not support the function !" + name);
    };
  }

  private Object reference(String name) {
    if (name.equals("AWS::NoValue")) {
      return NO_VALUE;
    }
    String value = references.get(name);
    if (value == null) {
      throw new TemplateException("!Ref " + name + " names nothing in the template");
    }
    return value;
  }

  private String attribute(@Nullable Object argument) {
    if (argument instanceof List<?> parts) {
      return attributes.apply(text(parts.get(0)), text(parts.get(1)));
    }
    String dotted = text(argument);
    int dot = dotted.indexOf('.');
    return attributes.apply(dotted.substring(0, dot), dotted.substring(dot + 1));
  }

  private String substitute(@Nullable Object argument) {
    if (argument instanceof List<?> parts) {
      return substitute(text(parts.get(0)), asMap(parts.get(1)));
    }
    return substitute(text(argument), Map.of());
  }

  private String substitute(String text, Map<?, ?> own) {
    Matcher variables = VARIABLE.matcher(text);
    return variables
        .replaceAll(found -> Matcher.quoteReplacement(variable(found.group(1).strip(), own)))
        .replace("${!", "${");
  }

  private String variable(String name, Map<?, ?> own) {
    if (own.containsKey(name)) {
      return text(own.get(name));
    }
    return name.contains(".") ? attribute(name) : String.valueOf(reference(name));
  }

  private @Nullable Object choose(List<?> parts) {
    return resolve(condition(text(parts.get(0))) ? parts.get(1) : parts.get(2));
  }

  private String join(List<?> parts) {
    return list(parts.get(1)).stream()
        .map(this::text)
        .collect(Collectors.joining(text(parts.get(0))));
  }

  private @Nullable Object select(List<?> parts) {
    return resolve(list(parts.get(1)).get(Integer.parseInt(text(parts.get(0)))));
  }

  private String json(@Nullable Object argument) {
    try {
      return JSON.writeValueAsString(resolve(argument));
    } catch (JsonProcessingException e) {
      throw new TemplateException("the argument of !ToJsonString cannot be written as JSON", e);
    }
  }

  private @Nullable Object find(List<?> keys) {
    Object found = mappings;
    for (Object key : keys) {
      found = asMap(found).get(text(key));
    }
    return found;
  }

  /** Whether a condition of the template holds. */
  boolean condition(String name) {
    if (!conditions.containsKey(name)) {
      throw new TemplateException("there is no condition " + name);
    }
    return test(conditions.get(name));
  }

  private boolean test(@Nullable Object value) {
    if (value instanceof Map<?, ?> map && map.size() == 1) {
      Map.Entry<?, ?> only = map.entrySet().iterator().next();
      return test(new Intrinsic(text(only.getKey()).replace("Fn::", ""), only.getValue()));
    }
    if (!(value instanceof Intrinsic call)) {
      return Boolean.parseBoolean(text(value));
    }
    return switch (call.name()) {
      case "Equals" ->
          text(list(call.argument()).get(0)).equals(text(list(call.argument()).get(1)));
      case "Not" -> !test(list(call.argument()).get(0));
      case "And" -> list(call.argument()).stream().allMatch(this::test);
      case "Or" -> list(call.argument()).stream().anyMatch(this::test);
      case "Condition" -> condition(text(call.argument()));
      default ->
          throw new TemplateException(
              "the local doors do not support the condition function !" + call.name());
    };
  }

  private String text(@Nullable Object value) {
    Object resolved = resolve(value);
    if (resolved == null || resolved instanceof Map || resolved instanceof List) {
      throw new TemplateException("text was expected, not " + resolved);
    }
    return resolved.toString();
  }

  private List<?> list(@Nullable Object value) {
    Object resolved = value instanceof Intrinsic ? resolve(value) : value;
    if (resolved instanceof List<?> list) {
      return list;
    }
    throw new TemplateException("a list was expected, not " + resolved);
  }

  private static Map<?, ?> asMap(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new TemplateException("a map was expected, not " + Objects.toString(value));
  }
}
