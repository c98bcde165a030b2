package dev.chatgate.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * The functions' log for a person who reads along: one short line for each call instead of the JSON
 * that CloudWatch gets. A line of another kind passes unchanged. Control characters are escaped in
 * every line, so that nothing that a caller sent can change the terminal.
 */
public final class ReadableLog implements Consumer<String> {
  private static final String AFTER_INSTANCE = " | ";
  private static final String JVM_OPTIONS = "Picked up JAVA_TOOL_OPTIONS: ";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** What a run of the reconciler counts; the number of items that it read is no change. */
  private static final List<String> CHANGES =
      List.of("orphans", "applied", "released", "closed_days", "flushed", "unfinished");

  private final Consumer<String> out;
  private final Clock clock;

  /**
   * @param out gets the lines
   * @param clock the time at the beginning of a line, in the reader's zone
   */
  public ReadableLog(Consumer<String> out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * Writes a line in its readable form, or nothing if it says nothing that a reader needs.
   *
   * @param line what a function printed, after the name of the instance
   */
  @Override
  public void accept(String line) {
    int bar = line.indexOf(AFTER_INSTANCE);
    String printed = bar < 0 ? line : line.substring(bar + AFTER_INSTANCE.length());
    if (!printed.startsWith(JVM_OPTIONS)) {
      Optional<JsonNode> json = object(printed);
      (json.isPresent() ? readable(json.get(), line) : Optional.of(line))
          .ifPresent(text -> out.accept(visible(text)));
    }
  }

  private static Optional<JsonNode> object(String text) {
    if (!text.startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private Optional<String> readable(JsonNode json, String line) {
    return switch (json.path("kind").asText()) {
      case "call" -> Optional.of(call(json));
      case "refusals" -> Optional.of(refusals(json));
      case "warning" -> Optional.of(warning(json));
      case "defect" -> Optional.of(defect(json));
      case "event" -> Optional.of(event(json));
      case "reconciliation" -> reconciliation(json);
      default -> Optional.of(line);
    };
  }

  private String call(JsonNode json) {
    StringJoiner words = words();
    words.add(json.path("method").asText("?")).add(json.path("route").asText("?"));
    word(words, json, "status");
    if (json.path("cut").asBoolean()) {
      words.add("cut");
    }
    word(words, json, "code");
    if (json.has("limit")) {
      words.add("(" + limit(json) + ")");
    }
    if (json.path("client_gone").asBoolean()) {
      words.add("client gone");
    }
    word(words, json, "tenant");
    word(words, json, "gen_ai.request.model");
    if (json.has("gen_ai.usage.input_tokens")) {
      words.add(tokens(json));
    }
    words.add(seconds(json));
    word(words, json, "request_id");
    return words.toString();
  }

  private static String tokens(JsonNode json) {
    return "%s%d+%d tokens"
        .formatted(
            json.path("estimated").asBoolean() ? "about " : "",
            json.path("gen_ai.usage.input_tokens").asLong(),
            json.path("gen_ai.usage.output_tokens").asLong());
  }

  /** Refusals that were counted, beside those that had a line. */
  private String refusals(JsonNode json) {
    StringJoiner words = words();
    word(words, json, "status");
    word(words, json, "code");
    if (json.has("limit")) {
      words.add("(" + json.path("limit").asText() + ")");
    }
    word(words, json, "tenant");
    word(words, json, "source_ip");
    return words.add(json.path("errors").asText()).add("more").toString();
  }

  private String warning(JsonNode json) {
    return words()
        .add("warning: tenant")
        .add(json.path("tenant").asText() + ",")
        .add(limit(json))
        .add("has reached")
        .add(json.path("percent").asText())
        .add("%:")
        .add(json.path("settled").asText())
        .add("of")
        .add(json.path("allowed").asText())
        .toString();
  }

  /** A limit, and whose it is. The end user is named as in the JSON, by a hash. */
  private static String limit(JsonNode json) {
    String limit = json.path("limit").asText();
    if (!json.path("limit_scope").asText().equals("end_user")) {
      return limit;
    }
    return limit + " of end user " + json.path("end_user").asText("?");
  }

  private String defect(JsonNode json) {
    StringJoiner words = words().add("defect:");
    word(words, json, "error");
    word(words, json, "request_id");
    return words.add("at").add(json.path("at").asText()).toString();
  }

  private String event(JsonNode json) {
    StringJoiner words = words();
    word(words, json, "event");
    word(words, json, "tenant");
    return words.toString();
  }

  private Optional<String> reconciliation(JsonNode json) {
    var changes = new StringJoiner(", ");
    CHANGES.stream()
        .filter(name -> json.path(name).asLong() > 0)
        .forEach(name -> changes.add(name + " " + json.path(name).asLong()));
    return changes.length() == 0
        ? Optional.empty()
        : Optional.of(words().add("reconciler:").add(changes.toString()).toString());
  }

  /** The words of a line; the first is the time. */
  private StringJoiner words() {
    return new StringJoiner(" ").add(LocalTime.now(clock).format(TIME));
  }

  private static void word(StringJoiner words, JsonNode json, String field) {
    String text = json.path(field).asText();
    if (!text.isEmpty()) {
      words.add(text);
    }
  }

  private static String seconds(JsonNode json) {
    return String.format(Locale.ROOT, "%.1f s", json.path("duration_ms").asLong() / 1000.0);
  }

  /** Escapes what a terminal would act upon: control characters, and those that turn the text. */
  private static String visible(String text) {
    var visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (isHarmless(c)) {
            visible.appendCodePoint(c);
          } else {
            visible.append("\\u%04x".formatted(c));
          }
        });
    return visible.toString();
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      // A stack trace is indented by a tab.
      case Character.CONTROL -> c == '\t';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
