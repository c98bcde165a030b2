package dev.chatgate.openai.operation.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.openai.tokens.TokenCounters;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the places of a body ask of one another, and where an error points. */
class ChatRelationsTest {
  private final ChatOperation parser = new ChatOperation(new TokenCounters());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"stream_options\":{}",
        "\"stream\":false,\"stream_options\":{}",
        "\"stream\":null,\"stream_options\":{\"include_usage\":true}"
      })
  void streamOptionsNeedAStream(String fields) {
    assertRefused(fields, "stream_options", "invalid_value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"top_logprobs\":3",
        "\"top_logprobs\":0",
        "\"logprobs\":false,\"top_logprobs\":3",
        "\"logprobs\":null,\"top_logprobs\":3"
      })
  void topLogprobsNeedLogprobs(String fields) {
    assertRefused(fields, "top_logprobs", "invalid_value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"stream_options\":null",
        "\"stream_options\":{},\"stream\":true",
        "\"top_logprobs\":null",
        "\"top_logprobs\":3,\"logprobs\":true",
        "\"response_format\":{\"type\":\"text\"}",
        "\"tool_choice\":{\"type\":\"custom\",\"custom\":{}}",
        "\"tool_choice\":{\"type\":\"custom\",\"function\":null}",
        "\"response_format\":{\"type\":\"text\",\"json_schema\":null}",
        "\"unknown\":{\"n\":[\"x\"]},\"Model\":5"
      })
  void whatIsNullOrUnknownOrComesLaterIsFine(String fields) {
    assertInstanceOf(ParsedRequest.Valid.class, parse(body(fields)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]",
        "\"content\":null,\"tool_calls\":[{}]",
        "\"content\":null,\"function_call\":{\"name\":\"f\"}",
        "\"content\":null,\"refusal\":\"no\"",
        "\"content\":null,\"audio\":{\"id\":\"a\"}",
        "\"reasoning_content\":\"r\"",
        "\"content\":null,\"reasoning_content\":\"r\",\"tool_calls\":null,\"refusal\":null",
        "\"content\":null,\"reasoning\":\"r\",\"audio\":null,\"function_call\":null,\"name\":null",
        "\"content\":null,\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"r\"}]",
        "\"content\":null,\"thinking\":\"r\"",
        "\"content\":null,\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"r\"}]"
      })
  void anAssistantWithToolCallsOrReasoningNeedsNoContent(String fields) {
    assertInstanceOf(ParsedRequest.Valid.class, parse(message("assistant", fields)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "assistant|\"content\":null|invalid_type",
        "assistant|\"x\":0|missing_required_parameter",
        "assistant|\"content\":null,\"tool_calls\":[]|invalid_type",
        "assistant|\"content\":null,\"tool_calls\":null|invalid_type",
        "assistant|\"content\":null,\"reasoning_content\":null|invalid_type",
        "assistant|\"reasoning_details\":[]|missing_required_parameter",
        "user|\"content\":null,\"reasoning\":\"r\"|invalid_type",
        "user|\"content\":null,\"tool_calls\":[{}]|invalid_type",
        "tool|\"tool_call_id\":\"c\"|missing_required_parameter"
      })
  void everyOtherMessageNeedsContent(String role, String fields, String code) {
    var error = assertInstanceOf(ParsedRequest.Invalid.class, parse(message(role, fields))).error();
    assertEquals(Optional.of("messages[1].content"), error.param());
    assertEquals(code, error.code().wireName());
  }

  /** As clients write it that have a member for everything. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"type\":\"text\",\"text\":\"hi\",\"image_url\":null,\"video_url\":null,\"input_audio\":null,\"file\":null}",
        "{\"type\":\"image_url\",\"text\":null,\"image_url\":{\"url\":\"u\",\"detail\":null}}",
        "{\"type\":\"video_url\",\"text\":null,\"image_url\":null,\"video_url\":\"u\"}",
        "{\"type\":\"input_audio\",\"text\":null,\"input_audio\":{\"data\":\"AAAA\",\"format\":null}}",
        "{\"type\":\"invented\",\"text\":null,\"image_url\":null,\"video_url\":null}"
      })
  void whatAPartDoesNotHaveMayBeNull(String part) {
    for (String parts : new String[] {part, '[' + part + ']'}) {
      String fields =
          "\"name\":null,\"tool_calls\":null,\"tool_call_id\":null,\"content\":" + parts;
      byte[] body = message("user", fields).getBytes(StandardCharsets.UTF_8);
      var parsed = assertInstanceOf(ParsedRequest.Valid.class, parser.parse(body), part);
      assertSame(body, parsed.request().upstreamBody(UpstreamEdits.NONE));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {"text|text", "image_url|image_url", "video_url|video_url"})
  void whatAPartNeedsMayNot(String type, String field) {
    String part = "\"content\":[{\"type\":\"%s\",\"%s\":null}]".formatted(type, field);
    var error = assertInstanceOf(ParsedRequest.Invalid.class, parse(message("user", part))).error();
    assertEquals(Optional.of("messages[1].content[0]." + field), error.param());
    assertEquals("invalid_type", error.code().wireName());
    assertEquals(
        "Invalid 'messages[1].content[0].%s': Required where type is \"%s\", but it is null."
            .formatted(field, type),
        error.message());
  }

  @Test
  void whatAToolDoesNotHaveMayBeNull() {
    String tool =
        "{\"type\":\"function\",\"cache_control\":null,\"function\":{\"name\":\"f\","
            + "\"description\":null,\"parameters\":null,\"strict\":null}}";
    assertInstanceOf(ParsedRequest.Valid.class, parse(body("\"tools\":[" + tool + "]")));
  }

  @Test
  void thePathCountsItemsThatWereGood() {
    var error =
        assertInstanceOf(
                ParsedRequest.Invalid.class,
                parse(
                    message(
                        "user",
                        "\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\"}]")))
            .error();
    assertEquals(Optional.of("messages[1].content[1].text"), error.param());
    assertEquals(
        "Invalid 'messages[1].content[1].text': Required where type is \"text\", but it is"
            + " missing.",
        error.message());
  }

  @Test
  void onePartAloneHasThePathOfThePage() {
    var error =
        assertInstanceOf(
                ParsedRequest.Invalid.class,
                parse(message("user", "\"content\":{\"type\":\"image_url\",\"image_url\":{}}")))
            .error();
    assertEquals(Optional.of("messages[1].content.image_url.url"), error.param());
  }

  private void assertRefused(String fields, String param, String code) {
    var error = assertInstanceOf(ParsedRequest.Invalid.class, parse(body(fields))).error();
    assertEquals(Optional.of(param), error.param());
    assertEquals(code, error.code().wireName());
  }

  private static String body(String fields) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]," + fields + "}";
  }

  private static String message(String role, String fields) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\""
        + role
        + "\","
        + fields
        + "}]}";
  }

  private ParsedRequest parse(String body) {
    return parser.parse(body.getBytes(StandardCharsets.UTF_8));
  }
}
