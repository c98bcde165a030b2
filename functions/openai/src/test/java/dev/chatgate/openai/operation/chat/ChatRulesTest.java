package dev.chatgate.openai.operation.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.openai.validation.JsonType;
import dev.chatgate.openai.validation.Rule;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks the table of rules: for each row good, boundary and bad values, written down by hand. */
class ChatRulesTest {
  private static final String SAY = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
  private static final String PART =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"%s\",%s}]}]}";
  private static final String TOOL =
      "{\"model\":\"m\"," + SAY + ",\"tools\":[{\"type\":\"function\",\"function\":{%s}}]}";
  private static final String SCHEMA =
      "{\"model\":\"m\","
          + SAY
          + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{%s}}}";

  private static final List<String> NOT_TEXT = List.of("5", "1.5", "true", "{}", "[]");
  private static final List<String> NOT_FLAGS = List.of("\"true\"", "0", "1.0", "{}", "[]");
  private static final List<String> NOT_INTEGERS =
      List.of("\"1\"", "1.0", "1e0", "true", "{}", "[]");
  private static final List<String> NOT_NUMBERS = List.of("\"1\"", "true", "{}", "[]");
  private static final List<String> NOT_OBJECTS = List.of("\"{}\"", "1", "0.5", "false", "[]");

  private final ChatOperation parser = new ChatOperation(new TokenCounters());

  /**
   * One rule's examples.
   *
   * @param body where the value goes, marked §, after another member of its object
   * @param good values that pass
   * @param type values of a wrong kind
   * @param value values of a right kind that are out of range
   */
  record Row(String path, String body, List<String> good, List<String> type, List<String> value) {
    Row good(String... values) {
      return new Row(path, body, List.of(values), type, value);
    }

    Row type(List<String> values, String... more) {
      var all = Stream.concat(values.stream(), Stream.of(more)).toList();
      return new Row(path, body, good, all, value);
    }

    Row value(String... values) {
      return new Row(path, body, good, type, List.of(values));
    }

    String param() {
      return path.replace("[]", "[0]").replace("*", "50256");
    }

    @Override
    public String toString() {
      return path;
    }
  }

  private static Row row(String path, String body) {
    return new Row(path, body, List.of(), List.of(), List.of());
  }

  private static Row top(String name) {
    return row(name, "{\"model\":\"m\"," + SAY + ",\"" + name + "\":§}");
  }

  static List<Row> rows() {
    return List.of(
        row("model", "{" + SAY + ",\"model\":§}")
            .good(
                "\"m\"",
                "\"openai/gpt-4o\"",
                "\"\\u00e9\"",
                '"' + "m".repeat(256) + '"',
                '"' + "\\u00e9".repeat(128) + '"',
                '"' + "日".repeat(85) + "m\"")
            .type(NOT_TEXT, "null")
            .value(
                "\"\"",
                "\" \\t\"",
                '"' + "m".repeat(257) + '"',
                '"' + "\\u00e9".repeat(129) + '"',
                '"' + "日".repeat(86) + '"',
                '"' + "😀".repeat(65) + '"'),
        row("messages", "{\"model\":\"m\",\"messages\":§}")
            .good("[{\"role\":\"user\",\"content\":\"\"}]")
            .type(NOT_OBJECTS.subList(0, 4), "{}", "null")
            .value("[]"),
        row("messages[]", "{\"model\":\"m\",\"messages\":[§]}")
            .good("{\"role\":\"user\",\"content\":\"hi\"}")
            .type(NOT_OBJECTS, "null"),
        row("messages[].role", "{\"model\":\"m\",\"messages\":[{\"content\":\"hi\",\"role\":§}]}")
            .good(
                "\"system\"",
                "\"developer\"",
                "\"user\"",
                "\"assistant\"",
                "\"tool\"",
                "\"function\"",
                "\"us\\u0065r\"")
            .type(NOT_TEXT, "null")
            .value("\"\"", "\"User\"", "\"root\""),
        row(
                "messages[].content",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":§}]}")
            .good(
                "\"\"",
                "\"hi\"",
                "{\"type\":\"text\",\"text\":\"hi\"}",
                "[]",
                "[{\"type\":\"text\",\"text\":\"hi\"},{\"type\":\"image_url\",\"image_url\":\"u\"}]",
                "[{\"type\":\"invented_next_year\",\"x\":[1]}]")
            .type(List.of("5", "1.5", "true", "null")),
        row(
                "messages[].content[]",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[§]}]}")
            .good("{\"type\":\"text\",\"text\":\"\"}")
            .type(NOT_OBJECTS, "null"),
        row(
                "messages[].content[].type",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"x\":0,\"type\":§}]}]}")
            .good("\"input_audio\"", "\"\"")
            .type(NOT_TEXT, "null"),
        row("messages[].content[].text", PART.formatted("text", "\"x\":0,\"text\":§"))
            .good("\"\"", "\"hi\"")
            .type(NOT_TEXT, "null"),
        row(
                "messages[].content[].image_url",
                PART.formatted("image_url", "\"x\":0,\"image_url\":§"))
            .good(
                "\"https://example.org/a.png\"",
                "{\"url\":\"data:image/png;base64,AA==\",\"detail\":\"low\"}")
            .type(List.of("5", "1.5", "true", "[]", "null")),
        row(
                "messages[].content[].image_url.url",
                PART.formatted("image_url", "\"image_url\":{\"detail\":\"low\",\"url\":§}"))
            .good("\"u\"")
            .type(NOT_TEXT, "null"),
        row(
                "messages[].content[].video_url",
                PART.formatted("video_url", "\"x\":0,\"video_url\":§"))
            .good("\"https://example.org/a.mp4\"", "{\"url\":\"u\"}")
            .type(List.of("5", "1.5", "true", "[]", "null")),
        row(
                "messages[].content[].video_url.url",
                PART.formatted("video_url", "\"video_url\":{\"x\":0,\"url\":§}"))
            .good("\"u\"")
            .type(NOT_TEXT, "null"),
        row(
                "messages[].name",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\",\"name\":§}]}")
            .good("\"Ada\"", "\"\"", "null")
            .type(NOT_TEXT),
        top("max_tokens")
            .good("1", "123", "2147483647", "null")
            .type(NOT_INTEGERS)
            .value("0", "-1", "2147483648", "9".repeat(1000)),
        top("stream").good("true", "false", "null").type(NOT_FLAGS),
        row("stream_options", "{\"model\":\"m\"," + SAY + ",\"stream\":true,\"stream_options\":§}")
            .good("null", "{}", "{\"include_usage\":true,\"x\":1}")
            .type(NOT_OBJECTS),
        row(
                "stream_options.include_usage",
                "{\"model\":\"m\","
                    + SAY
                    + ",\"stream\":true,\"stream_options\":{\"x\":0,\"include_usage\":§}}")
            .good("true", "false", "null")
            .type(NOT_FLAGS),
        top("n").good("1", "128", "null").type(NOT_INTEGERS).value("0", "129", "-1"),
        top("seed")
            .good("0", "-1", "null", "9007199254740993", "9".repeat(1000))
            .type(NOT_INTEGERS),
        penalty("frequency_penalty"),
        penalty("presence_penalty"),
        top("repetition_penalty")
            .good("0", "0.0", "2", "2.0", "null")
            .type(NOT_NUMBERS)
            .value("-0.001", "2.001"),
        top("stop")
            .good("\"\"", "\"x\"", "[\"a\"]", "[\"a\",\"b\",\"c\",\"d\"]", "null")
            .type(List.of("5", "1.5", "true", "{}"))
            .value("[]", "[\"a\",\"b\",\"c\",\"d\",\"e\"]"),
        row("stop[]", "{\"model\":\"m\"," + SAY + ",\"stop\":[§]}")
            .good("\"x\"")
            .type(NOT_TEXT, "null"),
        top("temperature")
            .good("0", "0.7", "2", "2e0", "1e-400", "null")
            .type(NOT_NUMBERS)
            .value("-1e-400", "2.0000001", "1e400", "1e99999999999"),
        top("top_p")
            .good("1", "1.0", "0.1", "1e-7", "null")
            .type(NOT_NUMBERS)
            .value("0", "0.0", "-0", "1.01", "-1"),
        top("top_k").good("1", "128", "null").type(NOT_INTEGERS).value("0", "129"),
        top("min_p").good("0", "1", "0.5", "null").type(NOT_NUMBERS).value("-0.1", "1.1"),
        top("logit_bias").good("{}", "null", "{\"1\":1,\"2\":-1}").type(NOT_OBJECTS),
        row("logit_bias.*", "{\"model\":\"m\"," + SAY + ",\"logit_bias\":{\"x\":0,\"50256\":§}}")
            .good("-100", "0", "100")
            .type(NOT_INTEGERS, "null")
            .value("-101", "101"),
        top("logprobs").good("true", "false", "null").type(NOT_FLAGS),
        row("top_logprobs", "{\"model\":\"m\"," + SAY + ",\"logprobs\":true,\"top_logprobs\":§}")
            .good("0", "20", "null")
            .type(NOT_INTEGERS)
            .value("-1", "21"),
        top("tools").good("[]", "null").type(List.of("\"[]\"", "1", "0.5", "true", "{}")),
        row("tools[]", "{\"model\":\"m\"," + SAY + ",\"tools\":[§]}")
            .good("{\"type\":\"function\",\"function\":{\"name\":\"f\"}}")
            .type(NOT_OBJECTS, "null"),
        row(
                "tools[].type",
                "{\"model\":\"m\","
                    + SAY
                    + ",\"tools\":[{\"function\":{\"name\":\"f\"},\"type\":§}]}")
            .good("\"function\"")
            .type(NOT_TEXT, "null")
            .value("\"\"", "\"retrieval\""),
        row(
                "tools[].function",
                "{\"model\":\"m\"," + SAY + ",\"tools\":[{\"type\":\"function\",\"function\":§}]}")
            .good("{\"name\":\"f\"}")
            .type(NOT_OBJECTS, "null"),
        row("tools[].function.name", TOOL.formatted("\"x\":0,\"name\":§"))
            .good("\"f\"", "\"get.weather\"")
            .type(NOT_TEXT, "null")
            .value("\"\""),
        row("tools[].function.description", TOOL.formatted("\"name\":\"f\",\"description\":§"))
            .good("\"\"", "\"d\"", "null")
            .type(NOT_TEXT),
        row("tools[].function.parameters", TOOL.formatted("\"name\":\"f\",\"parameters\":§"))
            .good("{}", "{\"type\":\"object\",\"properties\":{\"stop\":{\"n\":[0.5]}}}", "null")
            .type(NOT_OBJECTS),
        row("tools[].function.strict", TOOL.formatted("\"name\":\"f\",\"strict\":§"))
            .good("true", "false", "null")
            .type(NOT_FLAGS),
        top("response_format").good("{\"type\":\"text\"}", "null").type(NOT_OBJECTS),
        row(
                "response_format.type",
                "{\"model\":\"m\"," + SAY + ",\"response_format\":{\"x\":0,\"type\":§}}")
            .good("\"text\"", "\"json_object\"")
            .type(NOT_TEXT, "null")
            .value("\"\"", "\"xml\""),
        row(
                "response_format.json_schema",
                "{\"model\":\"m\","
                    + SAY
                    + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":§}}")
            .good("{\"name\":\"s\"}")
            .type(NOT_OBJECTS, "null"),
        row("response_format.json_schema.name", SCHEMA.formatted("\"x\":0,\"name\":§"))
            .good("\"s\"")
            .type(NOT_TEXT, "null")
            .value("\"\""),
        row(
                "response_format.json_schema.description",
                SCHEMA.formatted("\"name\":\"s\",\"description\":§"))
            .good("\"d\"", "null")
            .type(NOT_TEXT),
        row("response_format.json_schema.schema", SCHEMA.formatted("\"name\":\"s\",\"schema\":§"))
            .good("{}", "{\"type\":\"object\"}", "null")
            .type(NOT_OBJECTS),
        row("response_format.json_schema.strict", SCHEMA.formatted("\"name\":\"s\",\"strict\":§"))
            .good("true", "false", "null")
            .type(NOT_FLAGS),
        top("separate_reasoning").good("true", "false", "null").type(NOT_FLAGS),
        top("enable_thinking").good("true", "false", "null").type(NOT_FLAGS),
        top("tool_choice")
            .good(
                "\"none\"",
                "\"auto\"",
                "\"required\"",
                "null",
                "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}",
                "{\"type\":\"allowed_tools\",\"allowed_tools\":{}}")
            .type(List.of("5", "1.5", "true", "[]"))
            .value("\"\"", "\"any\""),
        row(
                "tool_choice.type",
                "{\"model\":\"m\"," + SAY + ",\"tool_choice\":{\"x\":0,\"type\":§}}")
            .good("\"custom\"")
            .type(NOT_TEXT, "null"),
        row(
                "tool_choice.function",
                "{\"model\":\"m\","
                    + SAY
                    + ",\"tool_choice\":{\"type\":\"function\",\"function\":§}}")
            .good("{\"name\":\"f\"}")
            .type(NOT_OBJECTS, "null"),
        row(
                "tool_choice.function.name",
                "{\"model\":\"m\","
                    + SAY
                    + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"x\":0,\"name\":§}}}")
            .good("\"f\"")
            .type(NOT_TEXT, "null")
            .value("\" \""),
        top("parallel_tool_calls").good("true", "false", "null").type(NOT_FLAGS),
        top("max_completion_tokens")
            .good("1", "2147483647", "null")
            .type(NOT_INTEGERS)
            .value("0", "-1", "2147483648"),
        top("best_of").good("1", "128", "null").type(NOT_INTEGERS).value("0", "129"));
  }

  private static Row penalty(String name) {
    return top(name)
        .good("-2", "-2.0", "0", "1.5", "2", "2.0", "null")
        .type(NOT_NUMBERS)
        .value("-2.01", "2.01", "3");
  }

  @Test
  void everyRuleHasItsRow() {
    var rules = ChatRules.RULES.stream().map(Rule::path).toList();
    var rows = rows().stream().map(Row::path).toList();
    assertEquals(Set.of(), twice(rules), "paths with two rules");
    assertEquals(Set.of(), twice(rows), "paths with two rows");
    assertEquals(List.of(), without(rules, rows), "rules without a row in this test");
    assertEquals(List.of(), without(rows, rules), "rows of this test without a rule");
    for (int i = 0; i < rules.size(); i++) {
      assertEquals(rules.get(i), rows.get(i), "rows are in the order of the rules; number " + i);
    }
  }

  private static Set<String> twice(List<String> paths) {
    var seen = new HashSet<String>();
    return paths.stream().filter(path -> !seen.add(path)).collect(Collectors.toSet());
  }

  private static List<String> without(List<String> paths, List<String> others) {
    return paths.stream().filter(path -> !others.contains(path)).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void goodValuesPass(Row row) {
    for (String value : row.good()) {
      var parsed = parse(row.body().replace("§", value));
      assertInstanceOf(ParsedRequest.Valid.class, parsed, () -> row + " " + value + ": " + parsed);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void badValuesAreRefusedByName(Row row) {
    for (String value : row.type()) {
      assertRefused(row, value, "invalid_type");
    }
    for (String value : row.value()) {
      assertRefused(row, value, "invalid_value");
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void nullIsTheDefaultExactlyWhereTheRuleSaysSo(Row row) {
    boolean tried = row.good().contains("null") || row.type().contains("null");
    assertTrue(tried, "no row says what null does");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsRequiredIsMissed(Row row) {
    Rule rule =
        ChatRules.RULES.stream().filter(r -> r.path().equals(row.path())).findFirst().orElseThrow();
    String without = row.body().replaceFirst(",\"[^\"]*\":§", "");
    boolean related =
        List.of(
                "messages[].content",
                "messages[].content[].text",
                "messages[].content[].image_url",
                "messages[].content[].video_url",
                "response_format.json_schema",
                "tool_choice.function")
            .contains(row.path());
    if (!row.body().equals(without) && (rule.required() || related)) {
      ApiError error = refused(without);
      assertEquals("missing_required_parameter", error.code().wireName());
      assertEquals(Optional.of(row.param()), error.param());
    } else {
      assertInstanceOf(
          ParsedRequest.Valid.class,
          parse(without.replace("[§]", "[" + row.good().getFirst() + "]")));
    }
  }

  @Test
  void nullIsAbsentForEveryOptionalMemberOfAMessagePartOrTool() {
    var missing =
        ChatRules.RULES.stream()
            .filter(
                rule -> rule.path().startsWith("messages[].") || rule.path().startsWith("tools[]."))
            .filter(rule -> !rule.required() && !rule.path().endsWith("[]"))
            .filter(rule -> !rule.allows(JsonType.NULL))
            .map(Rule::path)
            .toList();
    assertEquals(List.of(), missing);
  }

  @Test
  void theLengthOfAModelsNameIsSaid() {
    ApiError error = refused("{" + SAY + ",\"model\":\"" + "m".repeat(420_000) + "\"}");
    assertEquals(
        "Invalid 'model': Expected at most 256 bytes of UTF-8, but got 420,000.", error.message());
    assertEquals(Optional.of("model"), error.param());
    assertEquals("invalid_value", error.code().wireName());
  }

  private void assertRefused(Row row, String value, String code) {
    ApiError error = refused(row.body().replace("§", value));
    assertEquals(code, error.code().wireName(), () -> row + " " + value);
    assertEquals(Optional.of(row.param()), error.param(), () -> row + " " + value);
    assertEquals(400, error.status());
    assertTrue(error.message().matches("(?s).*': (Expected|Required) .*"), error.message());
  }

  private ApiError refused(String body) {
    return assertInstanceOf(ParsedRequest.Invalid.class, parse(body), body).error();
  }

  private ParsedRequest parse(String body) {
    return parser.parse(body.getBytes(StandardCharsets.UTF_8));
  }
}
