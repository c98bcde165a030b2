package dev.chatgate.local.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.http.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionResponseTest {

  @Test
  void statusHeadersCookiesAndBodyGoToTheClient() {
    FunctionResponse answer =
        answer(
            "{\"statusCode\":404,\"headers\":{\"X-A\":\"1\",\"n\":2},\"cookies\":[\"a=1\"],\"body\":\"ü\"}");
    assertEquals(404, answer.status());
    assertEquals(
        List.of(
            new Header("X-A", "1"),
            new Header("n", "2"),
            new Header("Set-Cookie", "a=1"),
            new Header("Content-Type", "text/plain")),
        answer.headers().lines());
    assertEquals("ü", text(answer));
  }

  @Test
  void base64IsDecoded() {
    FunctionResponse answer =
        answer("{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"aGk=\"}");
    assertEquals("hi", text(answer));
  }

  @Test
  void theFunctionsWordOnTheFramingIsMovedAside() {
    FunctionResponse answer =
        answer("{\"statusCode\":200,\"headers\":{\"Content-Length\":\"9\",\"Connection\":\"x\"}}");
    assertEquals(Optional.empty(), answer.headers().first("Content-Length"));
    assertEquals(Optional.of("9"), answer.headers().first("x-amzn-Remapped-Content-Length"));
  }

  @Test
  void jsonWithoutAStatusIsABodyOfItsOwn() {
    assertEquals("{\"a\":1}", text(answer("{\"a\":1}")));
    assertEquals("hi", text(answer("\"hi\"")));
    assertEquals(200, answer("{\"a\":1}").status());
    assertEquals(
        Optional.of("application/json"), answer("{\"a\":1}").headers().first("content-type"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "{\"statusCode\":9}",
        "{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"*\"}"
      })
  void everythingElseIsNoAnswer(String payload) {
    assertTrue(
        FunctionResponse.of(payload.getBytes(StandardCharsets.UTF_8), "text/plain").isEmpty());
  }

  @Test
  void thePreludeEndsAtEightNulsHoweverTheyAreCut() {
    byte[] stream = "{\"statusCode\":200}\0\0\0\0\0\0\0\0body".getBytes(StandardCharsets.UTF_8);
    for (int cut = 1; cut < stream.length; cut++) {
      var splitter = new PreludeSplitter();
      Optional<Integer> end = splitter.read(stream, 0, cut);
      if (end.isEmpty()) {
        end = splitter.read(stream, cut, stream.length - cut);
      }
      assertEquals(Optional.of(stream.length - 4), end);
      assertEquals("{\"statusCode\":200}", new String(splitter.prelude(), StandardCharsets.UTF_8));
    }
  }

  private static FunctionResponse answer(String payload) {
    return FunctionResponse.of(payload.getBytes(StandardCharsets.UTF_8), "text/plain")
        .orElseThrow();
  }

  private static String text(FunctionResponse answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
