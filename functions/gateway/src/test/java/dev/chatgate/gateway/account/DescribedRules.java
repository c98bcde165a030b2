package dev.chatgate.gateway.account;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.openai.validation.JsonType;
import dev.chatgate.openai.validation.Range;
import dev.chatgate.openai.validation.Relation;
import dev.chatgate.openai.validation.Rule;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Converts a request's schema back into rules and relations, so that they can be compared with the
 * code row by row.
 */
final class DescribedRules {
  final List<Rule> rules = new ArrayList<>();
  final List<Relation> relations = new ArrayList<>();
  private final DescribedApi api;

  DescribedRules(DescribedApi api, JsonNode request) {
    this.api = api;
    inside("", request);
  }

  private void visit(String path, JsonNode described, boolean required) {
    var forms = forms(described);
    var kinds = EnumSet.noneOf(JsonType.class);
    forms.forEach(form -> kinds.addAll(kinds(form)));
    rules.add(
        new Rule(
            path,
            required,
            kinds,
            first(forms, this::range),
            texts(forms.stream().map(form -> form.path("enum"))),
            first(forms, this::items),
            forms.stream().anyMatch(form -> form.has("pattern")),
            forms.stream()
                .filter(form -> form.has("maxLength"))
                .mapToInt(form -> form.get("maxLength").asInt())
                .findFirst()));
    boolean list = forms.stream().anyMatch(form -> form.has("items"));
    forms.stream()
        .filter(form -> !(list && kinds(form).equals(Set.of(JsonType.OBJECT))))
        .forEach(form -> inside(path, form));
  }

  /** A value's forms: the members of a union, or the schema itself. */
  private List<JsonNode> forms(JsonNode described) {
    var schema = api.resolved(described);
    return schema.has("type")
        ? List.of(schema)
        : DescribedApi.elements(schema.get("anyOf")).map(api::resolved).toList();
  }

  private void inside(String path, JsonNode schema) {
    var required = texts(Stream.of(schema.path("required")));
    var prefix = path.isEmpty() ? "" : path + ".";
    schema
        .path("properties")
        .properties()
        .forEach(property ->
            visit(
                prefix + property.getKey(),
                property.getValue(),
                required.contains(property.getKey())));
    if (schema.has("items")) {
      visit(path + "[]", schema.get("items"), false);
    }
    if (schema.path("additionalProperties").isObject()) {
      visit(path + ".*", schema.get("additionalProperties"), false);
    }
    relate(path, schema);
  }

  private void relate(String path, JsonNode schema) {
    DescribedApi.elements(schema.path("allOf")).forEach(all -> relations.add(onlyWith(path, all)));
    var cases = schema.path("anyOf");
    if (cases.path(1).has("anyOf")) {
      relations.add(unless(path, cases));
    } else if (schema.has("type")) {
      DescribedApi.elements(cases)
          .filter(one -> one.has("required"))
          .forEach(one -> relations.add(needs(path, one)));
    }
  }

  private static Relation onlyWith(String path, JsonNode all) {
    var without = all.at("/anyOf/0/properties");
    var with = all.at("/anyOf/1/required/0").asText();
    return new Relation.OnlyWith(path, without.fieldNames().next(), with);
  }

  private static Relation needs(String path, JsonNode one) {
    var tag = one.get("properties").properties().iterator().next();
    return new Relation.Needs(
        path, tag.getKey(), tag.getValue().get("const").asText(), one.at("/required/0").asText());
  }

  private static Relation unless(String path, JsonNode cases) {
    var field = cases.at("/0/required/0").asText();
    var tag = cases.at("/1/properties").properties().iterator().next();
    var substitutes =
        DescribedApi.elements(cases.at("/1/anyOf"))
            .map(substitute -> substitute.at("/required/0").asText())
            .toList();
    return new Relation.Unless(
        path,
        field,
        tag.getKey(),
        tag.getValue().get("const").asText(),
        substitutes,
        "a string, a part or a list of parts",
        "only an assistant's message with tool calls or reasoning may leave it out");
  }

  private static Set<JsonType> kinds(JsonNode form) {
    var kinds = EnumSet.noneOf(JsonType.class);
    var type = form.path("type");
    Stream<JsonNode> types = type.isArray() ? DescribedApi.elements(type) : Stream.of(type);
    types.forEach(one -> kinds.add(JsonType.valueOf(one.asText().toUpperCase(Locale.ROOT))));
    return kinds;
  }

  private Optional<Range> range(JsonNode form) {
    if (!form.has("maximum")) {
      return Optional.empty();
    }
    boolean above = form.has("exclusiveMinimum");
    var min = form.get(above ? "exclusiveMinimum" : "minimum").decimalValue();
    return Optional.of(new Range(min, above, form.get("maximum").decimalValue()));
  }

  private Optional<Range> items(JsonNode form) {
    return form.has("minItems")
        ? Optional.of(
            new Range(
                form.get("minItems").decimalValue(),
                false,
                BigDecimal.valueOf(form.path("maxItems").asLong(Integer.MAX_VALUE))))
        : Optional.empty();
  }

  private static <T> Optional<T> first(
      List<JsonNode> forms, java.util.function.Function<JsonNode, Optional<T>> read) {
    return forms.stream().flatMap(form -> read.apply(form).stream()).findFirst();
  }

  private static List<String> texts(Stream<JsonNode> lists) {
    return lists.flatMap(DescribedApi::elements).map(JsonNode::asText).toList();
  }
}
