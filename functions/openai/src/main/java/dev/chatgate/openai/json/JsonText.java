package dev.chatgate.openai.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;

/** What is the same for every JSON text that a provider sends. */
public final class JsonText {
  /** Strings may be as long as an answer; the answer's own size is limited where it is read. */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonText() {}

  /**
   * A parser for a text whose size is already limited.
   *
   * @param bytes UTF-8; {@link #isOtherEncoding} must be false for them
   */
  public static JsonParser parser(byte[] bytes, int offset, int length) throws IOException {
    return JSON.createParser(bytes, offset, length);
  }

  /** Whether the bytes are one JSON value in UTF-8 and nothing after it. */
  public static boolean isJson(byte[] bytes, int offset, int length) {
    if (isOtherEncoding(bytes, offset, length)) {
      return false;
    }
    try (var json = parser(bytes, offset, length)) {
      boolean any = json.nextToken() != null;
      json.skipChildren();
      return any && json.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether it is UTF-16 or UTF-32, which the JSON parser would detect and decode: their first
   * bytes hold a zero or a byte order mark.
   */
  public static boolean isOtherEncoding(byte[] bytes, int offset, int length) {
    return length > 1
        && (bytes[offset] == 0 || bytes[offset + 1] == 0 || (bytes[offset] & 0xFE) == 0xFE);
  }

  /** The text as a JSON string, quotes included. */
  public static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
