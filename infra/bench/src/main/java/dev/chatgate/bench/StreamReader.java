package dev.chatgate.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads an event stream and notes when each of {@link PacedProvider}'s chunks was there. */
final class StreamReader {
  private static final Pattern NUMBER = Pattern.compile("\"content\":\"(\\d+) \"");
  private static final int BUFFER_BYTES = 16_384;

  private final Map<Long, Long> arrivals = new LinkedHashMap<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean done;

  /**
   * Reads to the end.
   *
   * @param in an answer's body
   * @return for each chunk's number when its last byte was read, by {@link System#nanoTime}
   * @throws IOException if the stream breaks off or does not end with {@code [DONE]}
   */
  static Map<Long, Long> read(InputStream in) throws IOException {
    var reader = new StreamReader();
    var buffer = new byte[BUFFER_BYTES];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      reader.take(buffer, n, System.nanoTime());
    }
    if (!reader.done) {
      throw new IOException("the stream ended without [DONE]");
    }
    return reader.arrivals;
  }

  private void take(byte[] bytes, int length, long now) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        note(line.toString(StandardCharsets.UTF_8), now);
        line.reset();
      } else {
        line.write(bytes[i]);
      }
    }
  }

  private void note(String text, long now) {
    var number = NUMBER.matcher(text);
    if (number.find()) {
      arrivals.put(Long.valueOf(number.group(1)), now);
    }
    done |= text.equals("data: [DONE]");
  }
}
