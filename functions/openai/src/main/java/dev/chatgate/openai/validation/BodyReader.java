package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.DupDetector;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.json.Span;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Holds one body against a tree of rules, reading its tokens once. Open objects and arrays are on a
 * stack of its own, so that nothing recurses; values go to the receiver and are not kept.
 */
final class BodyReader {
  static final int MAX_DEPTH = 100;
  private static final int MAX_NUMBER_LENGTH = 1000;

  private final JsonParser json;
  private final OpenContainers containers;
  private final RuleNode root;
  private final FieldReceiver receiver;

  /**
   * @param json at the body's begin
   * @param rules for the body
   * @param receiver receives what was found valid
   */
  BodyReader(JsonParser json, RuleNode rules, FieldReceiver receiver) {
    this.json = json;
    this.root = rules;
    this.receiver = receiver;
    this.containers = new OpenContainers(DupDetector.rootDetector(json));
  }

  /** Reads the body to its last byte; throws at the first fault. */
  void read() throws IOException {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw invalid(ErrorCode.INVALID_JSON, "Expected a JSON object, but the body is empty.");
    }
    if (first != JsonToken.START_OBJECT) {
      throw invalid(
          ErrorCode.INVALID_TYPE,
          "Expected the body to be a JSON object, but it is " + JsonType.of(first).words() + ".");
    }
    push(root, false);
    receiver.token(first, json);
    receiver.opened(end());
    while (containers.depth() > 0) {
      token(json.nextToken());
    }
    if (json.nextToken() != null) {
      throw invalid(ErrorCode.INVALID_JSON, "There is more text after the JSON object.");
    }
  }

  private void token(@Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw invalid(ErrorCode.INVALID_JSON, "The body ends before the JSON object is complete.");
    }
    switch (token) {
      case FIELD_NAME -> key(json.currentName());
      case END_OBJECT -> closeObject();
      case END_ARRAY -> closeArray();
      default -> value(token);
    }
    receiver.token(token, json);
  }

  private void key(String name) throws IOException {
    OpenContainer container = top();
    container.key = name;
    if (container.names.isDup(name)) {
      throw about(ErrorCode.DUPLICATE_KEY, path(), "The key is repeated in the same object.");
    }
    if (!Unicode.isWellFormed(name)) {
      throw unpairedSurrogate();
    }
    RuleNode rules = container.node;
    if (rules != null && rules.closed && rules.field(name) == null) {
      throw about(ErrorCode.INVALID_VALUE, path(), "There is no such field.");
    }
  }

  private void value(JsonToken token) throws IOException {
    OpenContainer container = top();
    RuleNode node = container.next();
    JsonType type = JsonType.of(token);
    Rule rule = node == null ? null : node.rule();
    if (rule != null) {
      check(rule, type);
    }
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      push(node, token == JsonToken.START_ARRAY);
    } else {
      scalar(node, rule, token);
      container.count(token == JsonToken.VALUE_NULL, false, token == JsonToken.VALUE_TRUE);
    }
  }

  private void check(Rule rule, JsonType type) throws IOException {
    if (!rule.allows(type)) {
      throw wrong(ErrorCode.INVALID_TYPE, rule, type);
    }
  }

  private void scalar(@Nullable RuleNode node, @Nullable Rule rule, JsonToken token)
      throws IOException {
    switch (token) {
      case VALUE_STRING -> string(node, rule);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(node, rule, token);
      default -> literal(node, token);
    }
  }

  private void literal(@Nullable RuleNode node, JsonToken token) {
    if (node == null) {
      return;
    }
    if (token == JsonToken.VALUE_NULL) {
      receiver.nothing(node.path, span());
    } else {
      receiver.flag(node.path, token == JsonToken.VALUE_TRUE, span());
    }
  }

  private void string(@Nullable RuleNode node, @Nullable Rule rule) throws IOException {
    json.finishToken();
    char[] chars = json.getTextCharacters();
    if (!Unicode.isWellFormed(chars, json.getTextOffset(), json.getTextLength())) {
      throw unpairedSurrogate();
    }
    if (node == null || rule == null || !(node.tag || rule.filled() || !rule.values().isEmpty())) {
      return;
    }
    String text = json.getText();
    if (!rule.allows(text)) {
      throw wrong(ErrorCode.INVALID_VALUE, rule, JsonType.STRING);
    }
    if (rule.maxBytes().isPresent()) {
      requireLength(text, rule.maxBytes().getAsInt());
    }
    top().tag = node.tag ? text : top().tag;
    receiver.text(node.path, text, span());
  }

  private void requireLength(String text, int most) {
    long bytes = Unicode.utf8Length(text);
    if (bytes > most) {
      throw about(
          ErrorCode.INVALID_VALUE,
          path(),
          String.format(
              Locale.ROOT, "Expected at most %,d bytes of UTF-8, but got %,d.", most, bytes));
    }
  }

  private void number(@Nullable RuleNode node, @Nullable Rule rule, JsonToken token)
      throws IOException {
    if (json.getTextLength() > MAX_NUMBER_LENGTH) {
      throw about(ErrorCode.INVALID_JSON, path(), "The number is longer than 1,000 characters.");
    }
    if (node == null || rule == null || rule.range().isEmpty()) {
      return;
    }
    BigDecimal number = decimal(json.getText());
    if (number == null || !rule.range().get().contains(number)) {
      throw wrong(ErrorCode.INVALID_VALUE, rule, JsonType.of(token));
    }
    if (token == JsonToken.VALUE_NUMBER_INT) {
      receiver.number(node.path, number.longValueExact());
    }
  }

  /** The number, or null where its exponent has more than 32 bits: in no range of ours. */
  private static @Nullable BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private void push(@Nullable RuleNode node, boolean array) {
    if (containers.depth() == MAX_DEPTH) {
      throw invalid(ErrorCode.INVALID_JSON, "The body is nested more than 100 levels deep.");
    }
    boolean reported = containers.depth() == 1 && node != null && !array;
    containers.push(node == null || array ? node : node.asObject(), array);
    if (reported) {
      top().start = start();
    }
  }

  private void closeObject() throws IOException {
    OpenContainer closed = containers.pop();
    RuleNode rules = closed.node;
    if (rules != null) {
      requireAll(closed, rules);
      for (Relation relation : rules.relations) {
        relate(closed, rules, relation);
      }
      if (containers.depth() == 1) {
        receiver.object(rules.path, new Span(closed.start, end()), closed.key == null);
      }
    }
    closed(false);
  }

  private void closeArray() throws IOException {
    OpenContainer closed = containers.pop();
    Rule rule = closed.node == null ? null : closed.node.rule();
    if (rule != null
        && rule.items().isPresent()
        && !rule.items().get().contains(BigDecimal.valueOf(closed.count))) {
      throw about(
          ErrorCode.INVALID_VALUE,
          path(),
          "Expected " + rule.expectation() + ", but got an array of " + closed.count + ".");
    }
    closed(closed.count == 0);
  }

  private void closed(boolean isEmptyArray) {
    if (containers.depth() > 0) {
      top().count(false, isEmptyArray, false);
    }
  }

  private void requireAll(OpenContainer object, RuleNode rules) {
    for (RuleNode field : rules.required) {
      if ((object.seen & field.bit) == 0) {
        throw missing(field);
      }
    }
  }

  private InvalidBodyException missing(RuleNode field) {
    Rule rule = field.rule();
    String expected = rule == null ? "a value" : rule.expectation();
    return about(
        ErrorCode.MISSING_REQUIRED_PARAMETER,
        path(field.name),
        "Expected " + expected + ", but it is missing.");
  }

  private void relate(OpenContainer object, RuleNode rules, Relation relation) {
    switch (relation) {
      case Relation.Needs needs -> needs(object, rules, needs);
      case Relation.OnlyWith only -> onlyWith(object, rules, only);
      case Relation.Unless unless -> unless(object, rules, unless);
    }
  }

  private void needs(OpenContainer object, RuleNode rules, Relation.Needs needs) {
    if (!needs.value().equals(object.tag) || has(object.given, rules, needs.field())) {
      return;
    }
    boolean isNull = has(object.seen, rules, needs.field());
    throw about(
        isNull ? ErrorCode.INVALID_TYPE : ErrorCode.MISSING_REQUIRED_PARAMETER,
        path(needs.field()),
        "Required where %s is \"%s\", but it is %s."
            .formatted(needs.tag(), needs.value(), isNull ? "null" : "missing"));
  }

  private void onlyWith(OpenContainer object, RuleNode rules, Relation.OnlyWith only) {
    if (has(object.given, rules, only.field()) && !has(object.affirmed, rules, only.flag())) {
      throw about(
          ErrorCode.INVALID_VALUE,
          path(only.field()),
          "Allowed only where " + only.flag() + " is true.");
    }
  }

  private void unless(OpenContainer object, RuleNode rules, Relation.Unless unless) {
    boolean excused =
        unless.value().equals(object.tag)
            && unless.substitutes().stream().anyMatch(s -> has(object.filled, rules, s));
    if (excused || has(object.given, rules, unless.field())) {
      return;
    }
    boolean isNull = has(object.seen, rules, unless.field());
    throw about(
        isNull ? ErrorCode.INVALID_TYPE : ErrorCode.MISSING_REQUIRED_PARAMETER,
        path(unless.field()),
        "Expected %s, but it is %s: %s."
            .formatted(unless.expected(), isNull ? "null" : "missing", unless.exception()));
  }

  private static boolean has(long mask, RuleNode rules, String name) {
    RuleNode field = rules.field(name);
    return field != null && (mask & field.bit) != 0;
  }

  private InvalidBodyException unpairedSurrogate() {
    return about(ErrorCode.INVALID_JSON, path(), "The text contains an unpaired surrogate.");
  }

  private OpenContainer top() {
    return containers.top();
  }

  /** The bytes of the scalar that was just read. */
  private Span span() {
    return new Span(start(), end());
  }

  private int start() {
    return (int) json.currentTokenLocation().getByteOffset();
  }

  private int end() {
    return (int) json.currentLocation().getByteOffset();
  }

  private InvalidBodyException wrong(ErrorCode code, Rule rule, JsonType got) throws IOException {
    String quoted =
        switch (got) {
          case STRING -> ": \"" + Quote.of(json.getText()) + "\"";
          case INTEGER, NUMBER -> ": " + Quote.of(json.getText());
          case BOOLEAN -> ": " + json.getText();
          case OBJECT, ARRAY, NULL -> "";
        };
    return about(
        code, path(), "Expected " + rule.expectation() + ", but got " + got.words() + quoted + ".");
  }

  private static InvalidBodyException invalid(ErrorCode code, String message) {
    return new InvalidBodyException(ApiError.of(code, message));
  }

  private static InvalidBodyException about(ErrorCode code, String path, String message) {
    return new InvalidBodyException(
        ApiError.about(code, path, "Invalid '" + path + "': " + message));
  }

  private String path(String field) {
    return containers.path(field);
  }

  private String path() {
    return containers.path();
  }
}
