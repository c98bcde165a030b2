package dev.chatgate.openai.operation.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.openai.tokens.TokenCounters;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ChatOperationTest {
  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
  private final ChatOperation parser = new ChatOperation(new TokenCounters());

  @Test
  void tellsWhatTheGatewayMustKnow() {
    ChatRequest request =
        valid(
            "{\"model\":\"m\","
                + MESSAGES
                + ",\"stream\":true,\"n\":3,\"best_of\":5,"
                + "\"stream_options\":{\"include_usage\":true},\"max_tokens\":7,"
                + "\"max_completion_tokens\":9}");
    assertEquals("m", request.model());
    assertTrue(request.stream());
    assertTrue(request.fields().includeUsage());
    assertEquals(3, request.fields().choices());
    assertEquals(5, request.fields().samples());
    assertEquals(OptionalLong.of(7), request.fields().maxTokens());
    assertEquals(OptionalLong.of(9), request.fields().maxCompletionTokens());
  }

  @Test
  void withoutEditsTheVeryArrayGoesUp() {
    byte[] body = utf8("{ \"model\" : \"m\",\r\n" + MESSAGES + "}");
    var request = assertInstanceOf(ParsedRequest.Valid.class, parser.parse(body)).request();
    assertSame(body, request.upstreamBody(UpstreamEdits.NONE));
  }

  @Test
  void splicesAliasDefaultAndUsage() {
    var edits = new UpstreamEdits(Optional.of("vendor/x"), OptionalLong.of(12), true);
    assertEquals(
        "{\"max_tokens\":12,\"stream_options\":{\"include_usage\":true}, \"model\" : \"vendor/x\" , "
            + MESSAGES
            + "}",
        spliced("{ \"model\" : \"m\" , " + MESSAGES + "}", edits));
    assertEquals(
        "{\"stream\":true,\"stream_options\":{\"include_usage\":true, \"a\":1.0},\"max_tokens\": 12,\"model\":\"vendor/x\","
            + MESSAGES
            + "}",
        spliced(
            "{\"stream\":true,\"stream_options\":{ \"a\":1.0},\"max_tokens\": null,\"model\":\"m\","
                + MESSAGES
                + "}",
            edits));
  }

  @Test
  void namesTheFieldAtFault() {
    ApiError error =
        invalid("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":5}]}]}");
    assertEquals(Optional.of("messages[0].content[0].type"), error.param());
    assertEquals("invalid_type", error.code().wireName());
  }

  @Test
  void advisesForOneChoice() {
    var three = valid("{\"model\":\"m\"," + MESSAGES + ",\"n\":3}");
    assertEquals("The largest max_tokens that fits is 26.", three.advice(80));
    assertEquals(
        "No max_tokens fits: shorten the messages, or ask for fewer choices.", three.advice(2));
    var one = valid("{\"model\":\"m\"," + MESSAGES + "}");
    assertEquals("No max_tokens fits: shorten the messages.", one.advice(0));
  }

  private String spliced(String body, UpstreamEdits edits) {
    return new String(valid(body).upstreamBody(edits), StandardCharsets.UTF_8);
  }

  private ChatRequest valid(String body) {
    return (ChatRequest)
        assertInstanceOf(ParsedRequest.Valid.class, parser.parse(utf8(body))).request();
  }

  private ApiError invalid(String body) {
    return assertInstanceOf(ParsedRequest.Invalid.class, parser.parse(utf8(body))).error();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
