package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.DupDetector;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.estimate.PromptEstimate;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.operation.chat.ChatRequest;
import dev.chatgate.openai.operation.chat.RequestFieldsBuilder;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Walks the tokens of one body once, with the open objects and arrays on a stack of its own: a rule
 * or none, nothing recurses, and no value is kept but those that the gateway needs.
 */
public final class BodyReader {
  public static final int DEEPEST = 100;
  private static final int LONGEST_NUMBER = 1000;

  private final JsonParser json;
  private final Frames frames;
  private final RequestFieldsBuilder draft = new RequestFieldsBuilder();
  private final PromptEstimate prompt;
  private int optionsStart;

  /**
   * @param json at the body's begin
   * @param prompt is given each token that was found valid
   */
  public BodyReader(JsonParser json, PromptEstimate prompt) {
    this.json = json;
    this.prompt = prompt;
    this.frames = new Frames(DupDetector.rootDetector(json));
  }

  /** Reads the body to its last byte; throws at the first fault. */
  public ChatRequest.Fields read() throws IOException {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw invalid(ErrorCode.INVALID_JSON, "Expected a JSON object, but the body is empty.");
    }
    if (first != JsonToken.START_OBJECT) {
      throw invalid(
          ErrorCode.INVALID_TYPE,
          "Expected the body to be a JSON object, but it is " + Kind.of(first).words() + ".");
    }
    push(Node.ROOT, false);
    prompt.token(first, json);
    draft.open = end();
    while (frames.depth() > 0) {
      token(json.nextToken());
    }
    if (json.nextToken() != null) {
      throw invalid(
          ErrorCode.INVALID_JSON, "Expected nothing after the JSON object, but more came.");
    }
    return draft.fields();
  }

  private void token(@Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw invalid(ErrorCode.INVALID_JSON, "The body ends too early.");
    }
    switch (token) {
      case FIELD_NAME -> key(json.currentName());
      case END_OBJECT -> closeObject();
      case END_ARRAY -> closeArray();
      default -> value(token);
    }
    prompt.token(token, json);
  }

  private void key(String name) throws IOException {
    Frame frame = top();
    frame.key = name;
    if (frame.names.isDup(name)) {
      throw about(ErrorCode.DUPLICATE_KEY, path(), "Expected the key once, but it came twice.");
    }
    if (!Unicode.isWellFormed(name)) {
      throw halfPair();
    }
  }

  private void value(JsonToken token) throws IOException {
    Frame frame = top();
    Node node = frame.next();
    Kind kind = Kind.of(token);
    Rule rule = node == null ? null : node.rule();
    if (rule != null) {
      check(rule, kind);
    }
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      push(node, token == JsonToken.START_ARRAY);
    } else {
      scalar(node, rule, token);
      frame.count(token == JsonToken.VALUE_NULL, false, token == JsonToken.VALUE_TRUE);
    }
  }

  private void check(Rule rule, Kind kind) throws IOException {
    if (!rule.allows(kind)) {
      throw wrong(ErrorCode.INVALID_TYPE, rule, kind);
    }
  }

  private void scalar(@Nullable Node node, @Nullable Rule rule, JsonToken token)
      throws IOException {
    switch (token) {
      case VALUE_STRING -> string(node, rule);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(node, rule, token);
      default -> literal(node, token);
    }
  }

  private void literal(@Nullable Node node, JsonToken token) {
    if (node == null) {
      return;
    }
    if (token == JsonToken.VALUE_NULL) {
      draft.nothing(node.path, span());
    } else {
      draft.flag(node.path, token == JsonToken.VALUE_TRUE, span());
    }
  }

  private void string(@Nullable Node node, @Nullable Rule rule) throws IOException {
    json.finishToken();
    char[] chars = json.getTextCharacters();
    if (!Unicode.isWellFormed(chars, json.getTextOffset(), json.getTextLength())) {
      throw halfPair();
    }
    if (node == null || rule == null || !(node.tag || rule.filled() || !rule.values().isEmpty())) {
      return;
    }
    String text = json.getText();
    if (!rule.allows(text)) {
      throw wrong(ErrorCode.INVALID_VALUE, rule, Kind.STRING);
    }
    if (rule.maxBytes().isPresent()) {
      requireLength(text, rule.maxBytes().getAsInt());
    }
    top().tag = node.tag ? text : top().tag;
    draft.text(node.path, text, span());
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

  private void number(@Nullable Node node, @Nullable Rule rule, JsonToken token)
      throws IOException {
    if (json.getTextLength() > LONGEST_NUMBER) {
      throw about(
          ErrorCode.INVALID_JSON,
          path(),
          "Expected a number of at most 1,000 characters, but it is longer.");
    }
    if (node == null || rule == null || rule.range().isEmpty()) {
      return;
    }
    BigDecimal number = decimal(json.getText());
    if (number == null || !rule.range().get().contains(number)) {
      throw wrong(ErrorCode.INVALID_VALUE, rule, Kind.of(token));
    }
    if (token == JsonToken.VALUE_NUMBER_INT) {
      draft.number(node.path, number.longValueExact());
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

  private void push(@Nullable Node node, boolean array) {
    if (frames.depth() == DEEPEST) {
      throw invalid(ErrorCode.INVALID_JSON, "Expected nesting of at most 100, but it is deeper.");
    }
    if (frames.depth() == 1 && node != null && node.path.equals("stream_options")) {
      optionsStart = start();
    }
    frames.push(node == null || array ? node : node.asObject(), array);
  }

  private void closeObject() throws IOException {
    Frame closed = frames.pop();
    Node rules = closed.node;
    if (rules != null) {
      requireAll(closed, rules);
      for (Relation relation : rules.relations) {
        relate(closed, rules, relation);
      }
      if (rules.path.equals("stream_options")) {
        draft.streamOptions(new Span(optionsStart, end()), closed.key == null);
      }
    }
    closed(false);
  }

  private void closeArray() throws IOException {
    Frame closed = frames.pop();
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
    if (frames.depth() > 0) {
      top().count(false, isEmptyArray, false);
    }
  }

  private void requireAll(Frame object, Node rules) {
    for (Node field : rules.required) {
      if ((object.seen & field.bit) == 0) {
        throw missing(field);
      }
    }
  }

  private InvalidBodyException missing(Node field) {
    Rule rule = field.rule();
    String expected = rule == null ? "a value" : rule.expectation();
    return about(
        ErrorCode.MISSING_REQUIRED_PARAMETER,
        path(field.name),
        "Expected " + expected + ", but it is missing.");
  }

  private void relate(Frame object, Node rules, Relation relation) {
    switch (relation) {
      case Relation.Needs needs -> needs(object, rules, needs);
      case Relation.OnlyWith only -> onlyWith(object, rules, only);
      case Relation.Unless unless -> unless(object, rules, unless);
    }
  }

  private void needs(Frame object, Node rules, Relation.Needs needs) {
    if (!needs.value().equals(object.tag) || has(object.given, rules, needs.field())) {
      return;
    }
    boolean isNull = has(object.seen, rules, needs.field());
    throw about(
        isNull ? ErrorCode.INVALID_TYPE : ErrorCode.MISSING_REQUIRED_PARAMETER,
        path(needs.field()),
        "Expected it where %s is \"%s\", but it is %s."
            .formatted(needs.tag(), needs.value(), isNull ? "null" : "missing"));
  }

  private void onlyWith(Frame object, Node rules, Relation.OnlyWith only) {
    if (has(object.given, rules, only.field()) && !has(object.affirmed, rules, only.flag())) {
      throw about(
          ErrorCode.INVALID_VALUE,
          path(only.field()),
          "Expected it only where " + only.flag() + " is true, but that is not.");
    }
  }

  private void unless(Frame object, Node rules, Relation.Unless unless) {
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
        "Expected a string, a part or a list of parts, but it is %s: only an assistant's message with tool calls or reasoning may do without."
            .formatted(isNull ? "null" : "missing"));
  }

  private static boolean has(long mask, Node rules, String name) {
    Node field = rules.field(name);
    return field != null && (mask & field.bit) != 0;
  }

  private InvalidBodyException halfPair() {
    return about(
        ErrorCode.INVALID_JSON, path(), "Expected Unicode text, but half a surrogate pair came.");
  }

  private Frame top() {
    return frames.top();
  }

  /** Where the scalar stands that was just read. */
  private Span span() {
    return new Span(start(), end());
  }

  private int start() {
    return (int) json.currentTokenLocation().getByteOffset();
  }

  private int end() {
    return (int) json.currentLocation().getByteOffset();
  }

  private InvalidBodyException wrong(ErrorCode code, Rule rule, Kind got) throws IOException {
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
    return frames.path(field);
  }

  private String path() {
    return frames.path();
  }
}
