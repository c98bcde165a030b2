package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Status, headers and cookies as JSON. */
final class PreludeTest {

  private static final String DELIMITER = "\0".repeat(8);

  @Test
  void headersKeepTheirOrderAndSpelling() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-B", "1");
    headers.put("x-a", "");
    headers.put("content-LENGTH", "5");
    headers.put("X-C", "tab\tquote\"back\\slash/");
    assertEquals(
        "{\"statusCode\":404,\"headers\":{\"X-B\":\"1\",\"x-a\":\"\","
            + "\"X-C\":\"tab\\u0009quote\\\"back\\\\slash/\"},\"cookies\":[\"a=b\",\"c=d\"]}"
            + DELIMITER,
        encode(404, headers, List.of("a=b", "c=d")));
  }

  @Test
  void nonAsciiIsUtf8AndUnpairedSurrogatesAreEscaped() {
    assertEquals(
        "{\"statusCode\":200,\"headers\":{\"x\":\"é€😀\\ud83d \\ude00\\ud83d\"}}" + DELIMITER,
        encode(200, Map.of("x", "é€😀\ud83d \ude00\ud83d"), List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 100, 199, 600, 1000})
  void aStatusOutOfRangeIsRefused(int status) {
    assertThrows(IllegalArgumentException.class, () -> encode(status, Map.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:", "a\r\n", "ü", "a\0", "(a)"})
  void aHeaderNameThatIsNotATokenIsRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> encode(200, Map.of(name, "x"), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "a\n", "\r", "\0", "\u007f", "\u001b"})
  void aControlCharacterInAValueOrCookieIsRefused(String value) {
    assertThrows(IllegalArgumentException.class, () -> encode(200, Map.of("x", value), List.of()));
    assertThrows(IllegalArgumentException.class, () -> encode(200, Map.of(), List.of(value)));
  }

  private static String encode(int status, Map<String, String> headers, List<String> cookies) {
    return new String(Prelude.encode(status, headers, cookies), StandardCharsets.UTF_8);
  }
}
