package dev.chatgate.openai.validation;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one place of a body may hold.
 *
 * @param path the place; {@code []} stands for any index, {@code *} for any key
 * @param required whether the object around it must have it
 * @param types the types of value allowed; {@link JsonType#NUMBER} allows integers too
 * @param range for numbers
 * @param values for strings: the only ones, or none for any
 * @param items for arrays: how many, or none for any
 * @param filled for strings: not empty, not blank
 * @param maxBytes for strings: the most bytes of UTF-8, or none for any number
 */
public record Rule(
    String path,
    boolean required,
    Set<JsonType> types,
    Optional<Range> range,
    List<String> values,
    Optional<Range> items,
    boolean filled,
    OptionalInt maxBytes) {
  /** Copies what it is given. */
  public Rule {
    types = Collections.unmodifiableSet(EnumSet.copyOf(types));
    values = List.copyOf(values);
  }

  public static Rule required(String path, JsonType first, JsonType... others) {
    return rule(path, true, EnumSet.of(first, others));
  }

  public static Rule optional(String path, JsonType first, JsonType... others) {
    return rule(path, false, EnumSet.of(first, others));
  }

  private static Rule rule(String path, boolean required, Set<JsonType> types) {
    return new Rule(
        path,
        required,
        types,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        false,
        OptionalInt.empty());
  }

  public Rule from(long min, long max) {
    return within(new Range(BigDecimal.valueOf(min), false, BigDecimal.valueOf(max)));
  }

  public Rule above(long min, long max) {
    return within(new Range(BigDecimal.valueOf(min), true, BigDecimal.valueOf(max)));
  }

  private Rule within(Range numbers) {
    return new Rule(path, required, types, Optional.of(numbers), values, items, filled, maxBytes);
  }

  public Rule oneOf(String... only) {
    return new Rule(path, required, types, range, List.of(only), items, filled, maxBytes);
  }

  public Rule items(int min, int max) {
    var count = new Range(BigDecimal.valueOf(min), false, BigDecimal.valueOf(max));
    return new Rule(path, required, types, range, values, Optional.of(count), filled, maxBytes);
  }

  public Rule notBlank() {
    return new Rule(path, required, types, range, values, items, true, maxBytes);
  }

  public Rule maxBytes(int most) {
    return new Rule(path, required, types, range, values, items, filled, OptionalInt.of(most));
  }

  /** Whether a value of this type may stand here. */
  public boolean allows(JsonType type) {
    return types.contains(type) || (type == JsonType.INTEGER && types.contains(JsonType.NUMBER));
  }

  /** Whether this string may stand here, if a string may. */
  public boolean allows(String text) {
    return (values.isEmpty() || values.contains(text)) && !(filled && text.isBlank());
  }

  /** The rule in words, like {@code an integer from 1 to 128 or null}. */
  public String expectation() {
    return types.stream().map(this::words).collect(Collectors.joining(" or "));
  }

  private String words(JsonType type) {
    return switch (type) {
      case STRING ->
          values.isEmpty() ? filled ? "a string that is not blank" : type.words() : oneOfValues();
      case INTEGER, NUMBER -> type.words() + range.map(r -> " " + r).orElse("");
      case ARRAY -> type.words() + items.map(Rule::itemWords).orElse("");
      case BOOLEAN, OBJECT, NULL -> type.words();
    };
  }

  private String oneOfValues() {
    return values.stream()
        .map(v -> '"' + v + '"')
        .collect(Collectors.joining(", ", values.size() == 1 ? "" : "one of ", ""));
  }

  private static String itemWords(Range items) {
    return items.max().intValue() == Integer.MAX_VALUE
        ? " of at least " + items.min()
        : " of " + items.min() + " to " + items.max();
  }
}
