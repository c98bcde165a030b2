package dev.chatgate.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferedResponseTest {
  private final BufferedResponse response = new BufferedResponse();

  @Test
  void acceptsAnswersUpToLambdasLimit() throws Exception {
    response.head(200, Map.of());
    var most = new byte[(int) BufferedResponse.MAX_BYTES];
    Arrays.fill(most, (byte) 'x');
    response.write(most, 0, most.length);
    assertArrayEquals(most, response.body());
    assertThrows(BufferedResponse.TooLargeException.class, () -> response.write(most, 0, 1));
  }

  @Test
  void countsTheLengthOfEscapes() {
    overflow();
  }

  private void overflow() {
    response.head(200, Map.of());
    var quotes = new byte[(int) BufferedResponse.MAX_BYTES / 2 + 1];
    Arrays.fill(quotes, (byte) '"');
    assertThrows(
        BufferedResponse.TooLargeException.class, () -> response.write(quotes, 0, quotes.length));
  }

  @Test
  void canBeReplacedAfterATooLargeAnswer() throws Exception {
    overflow();
    response.head(502, Map.of("a", "b"));
    response.write(new byte[] {1}, 0, 1);
    assertEquals(502, response.status());
    assertArrayEquals(new byte[] {1}, response.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h\u00E9 \uD83D\uDE00", "\uFFFD", "a\"b\\c\n\u0001\u007F"})
  void writesUtf8AsText(String text) throws Exception {
    var answer = written(text.getBytes(UTF_8));
    assertEquals(text, answer.get("body").asText());
    assertFalse(answer.get("isBase64Encoded").asBoolean(true));
  }

  @Test
  void writesOtherBytesAsBase64() throws Exception {
    var bytes = new byte[] {'h', (byte) 0xE9};
    var answer = written(bytes);
    assertArrayEquals(bytes, answer.get("body").binaryValue());
    assertTrue(answer.get("isBase64Encoded").asBoolean(false));
  }

  @Test
  void countsTheLengthOfBase64() throws Exception {
    var largest = (int) BufferedResponse.MAX_BYTES / 4 * 3;
    response.head(200, Map.of());
    response.write(notText(largest), 0, largest);
    response.end();
    response.head(200, Map.of());
    response.write(notText(largest + 1), 0, largest + 1);
    assertThrows(BufferedResponse.TooLargeException.class, response::end);
  }

  private static byte[] notText(int length) {
    var bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    bytes[0] = (byte) 0xFF;
    return bytes;
  }

  @Test
  void writesPayload2() throws Exception {
    response.head(503, Map.of("retry-after", "1"));
    response.write("{}".getBytes(UTF_8), 0, 2);
    response.end();
    var out = new ByteArrayOutputStream();
    response.writeTo(out);
    assertEquals(
        "{\"statusCode\":503,\"headers\":{\"retry-after\":\"1\"},\"body\":\"{}\",\"isBase64Encoded\":false}",
        out.toString(UTF_8));
  }

  private JsonNode written(byte[] bytes) throws Exception {
    response.head(200, Map.of());
    response.write(bytes, 0, bytes.length);
    response.end();
    var out = new ByteArrayOutputStream();
    response.writeTo(out);
    return new ObjectMapper().readTree(out.toByteArray());
  }
}
