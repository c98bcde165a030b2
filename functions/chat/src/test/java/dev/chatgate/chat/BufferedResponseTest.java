package dev.chatgate.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BufferedResponseTest {
  private final BufferedResponse response = new BufferedResponse();

  @Test
  void takesWhatLambdaTakes() throws Exception {
    response.head(200, Map.of());
    var most = new byte[(int) BufferedResponse.MOST_BYTES];
    Arrays.fill(most, (byte) 'x');
    response.write(most, 0, most.length);
    assertArrayEquals(most, response.body());
    assertThrows(BufferedResponse.TooLargeException.class, () -> response.write(most, 0, 1));
  }

  @Test
  void countsACharacterAsItsEscape() {
    overflow();
  }

  private void overflow() {
    response.head(200, Map.of());
    var quotes = new byte[(int) BufferedResponse.MOST_BYTES / 2 + 1];
    Arrays.fill(quotes, (byte) '"');
    assertThrows(
        BufferedResponse.TooLargeException.class, () -> response.write(quotes, 0, quotes.length));
  }

  @Test
  void isAnsweredAnewAfterThat() throws Exception {
    overflow();
    response.head(502, Map.of("a", "b"));
    response.write(new byte[] {1}, 0, 1);
    assertEquals(502, response.status());
    assertArrayEquals(new byte[] {1}, response.body());
  }

  @Test
  void isTextWhereItsBytesAre() throws Exception {
    assertEquals(Optional.of("h\u00E9 \uD83D\uDE00"), text("h\u00E9 \uD83D\uDE00".getBytes(UTF_8)));
    assertEquals(Optional.of("\uFFFD"), text("\uFFFD".getBytes(UTF_8)));
    assertEquals(Optional.empty(), text(new byte[] {'h', (byte) 0xE9}));
  }

  private Optional<String> text(byte[] bytes) throws Exception {
    response.head(200, Map.of());
    response.write(bytes, 0, bytes.length);
    return response.text();
  }
}
