package dev.chatgate.bench.figures;

import dev.chatgate.testkit.RuntimeApiServer.Response;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One call and its answer. All times are {@link System#nanoTime} values.
 *
 * @param beganAt when the request or event was sent
 * @param lastByteAt when the answer's last byte was received
 * @param events when each numbered event of a stream was received, by its number
 */
record CallAnswer(long beganAt, long lastByteAt, Map<Long, Long> events) {
  private static final Pattern NUMBERED = Pattern.compile("\"content\":\"(\\d+) \"");
  private static final int MAX_NUMBER_DIGITS = 64;

  /** Creates the answer of a function. */
  static CallAnswer of(Response response) {
    var events = new HashMap<Long, Long>();
    var rest = "";
    for (var chunk : response.chunks()) {
      rest =
          note(rest + new String(chunk.bytes(), StandardCharsets.ISO_8859_1), chunk.at(), events);
    }
    return new CallAnswer(response.handedOutAt(), response.endedAt(), events);
  }

  /**
   * Records the numbered events in a text.
   *
   * @param at when the text was received
   * @return the end of the text, which may be the beginning of an event
   */
  static String note(String text, long at, Map<Long, Long> events) {
    var matcher = NUMBERED.matcher(text);
    int end = 0;
    while (matcher.find()) {
      events.put(Long.valueOf(matcher.group(1)), at);
      end = matcher.end();
    }
    return text.substring(Math.max(end, text.length() - MAX_NUMBER_DIGITS));
  }

  /** Time from the start to the last byte. */
  long nanos() {
    return lastByteAt - beganAt;
  }
}
