package dev.chatgate.openai.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.openai.tokens.TokenCounters;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the places of a body ask of one another, and where an error points. */
class ChatRelationsTest {
  private final ChatRequestParser parser = new ChatRequestParser(new TokenCounters());

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
        "\"unknown\":{\"n\":[\"x\"]},\"Model\":5"
      })
  void whatIsNullOrUnknownOrComesLaterIsFine(String fields) {
    assertInstanceOf(ParsedChat.Valid.class, parse(body(fields)));
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
        "\"content\":null,\"audio\":{\"id\":\"a\"}"
      })
  void anAssistantWithToolCallsNeedsNoContent(String fields) {
    assertInstanceOf(ParsedChat.Valid.class, parse(message("assistant", fields)));
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
        "user|\"content\":null,\"tool_calls\":[{}]|invalid_type",
        "tool|\"tool_call_id\":\"c\"|missing_required_parameter"
      })
  void everyOtherMessageNeedsContent(String role, String fields, String code) {
    var error = assertInstanceOf(ParsedChat.Invalid.class, parse(message(role, fields))).error();
    assertEquals(Optional.of("messages[1].content"), error.param());
    assertEquals(code, error.code().wireName());
  }

  @Test
  void thePathCountsItemsThatWereGood() {
    var error =
        assertInstanceOf(
                ParsedChat.Invalid.class,
                parse(
                    message(
                        "user",
                        "\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\"}]")))
            .error();
    assertEquals(Optional.of("messages[1].content[1].text"), error.param());
    assertEquals(
        "Invalid 'messages[1].content[1].text': Expected it where type is \"text\", but it is"
            + " missing.",
        error.message());
  }

  @Test
  void onePartAloneHasThePathOfThePage() {
    var error =
        assertInstanceOf(
                ParsedChat.Invalid.class,
                parse(message("user", "\"content\":{\"type\":\"image_url\",\"image_url\":{}}")))
            .error();
    assertEquals(Optional.of("messages[1].content.image_url.url"), error.param());
  }

  private void assertRefused(String fields, String param, String code) {
    var error = assertInstanceOf(ParsedChat.Invalid.class, parse(body(fields))).error();
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

  private ParsedChat parse(String body) {
    return parser.parse(body.getBytes(StandardCharsets.UTF_8));
  }
}
