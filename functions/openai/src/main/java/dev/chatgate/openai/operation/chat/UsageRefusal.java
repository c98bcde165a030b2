package dev.chatgate.openai.operation.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.json.KeySearch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a refusal is about {@code stream_options}, by the provider's own words alone. The
 * request may be quoted in it: what the gateway inserted and what the tenant wrote prove nothing.
 *
 * <p>A place that the provider names ({@code param}, {@code loc}) is its own word. So is a name in
 * its message, unless it is followed by its value, as in a quoted request, or stands in the
 * tenant's own request too.
 */
final class UsageRefusal {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();
  private static final Set<String> NAMES = Set.of("stream_options", "include_usage");
  private static final KeySearch NAMED = new KeySearch(List.copyOf(NAMES));

  /** More of a message is not read. */
  private static final int MAX_TEXT = 64 * 1024;

  /** A name and its value, in JSON, quoted JSON, Python, Go, Ruby or JavaScript. */
  private static final Pattern QUOTED =
      Pattern.compile(
          "stream_options[\\\\\"'`]*\\s*(?::|=>?)\\s*[\\\\\"'`]*(?:[&{(\\[]|\\w+[\\[({]|None|null|\\.|…|$)"
              + "|include_usage[\\\\\"'`]*\\s*(?::|=>?)\\s*(?:true|True|\\.|…|$)");

  private static final Pattern NAME = Pattern.compile("stream_options|include_usage");
  private static final Pattern PLACE =
      Pattern.compile("(?:.*[./\\]])?(?:stream_options|include_usage)(?:[./\\[].*)?");

  private final boolean inRequest;
  private boolean proven;

  private UsageRefusal(boolean inRequest) {
    this.inRequest = inRequest;
  }

  /**
   * Whether the provider refused {@code stream_options}.
   *
   * @param answer the body of its refusal
   * @param request the tenant's own body
   */
  static boolean isIn(byte[] answer, byte[] request) {
    if (!NAMED.finds(answer, 0, answer.length)) {
      return false;
    }
    var refusal = new UsageRefusal(NAMED.finds(request, 0, request.length));
    refusal.read(answer);
    return refusal.proven;
  }

  private void read(byte[] answer) {
    try (var json = JSON.createParser(answer)) {
      readValue(json, json.nextToken(), "");
    } catch (IOException e) {
      // Not JSON: a message as it stands.
      readMessage(new String(answer, StandardCharsets.UTF_8));
    }
  }

  private void readValue(JsonParser json, @Nullable JsonToken token, String name)
      throws IOException {
    switch (token) {
      case START_OBJECT -> readObject(json);
      case START_ARRAY -> {
        for (var next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
          readValue(json, next, name);
        }
      }
      case VALUE_STRING -> readText(name, json.getText());
      case null, default -> {}
    }
  }

  /** Only members in which providers speak are read; what they quote stands in others. */
  private void readObject(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      var token = json.nextToken();
      switch (name) {
        case "error", "errors", "detail", "details", "message", "msg", "param", "loc", "field" ->
            readValue(json, token, name);
        default -> json.skipChildren();
      }
    }
  }

  private void readText(String name, String text) {
    switch (name) {
      case "param", "loc", "field" -> proven |= PLACE.matcher(text).matches();
      default -> readMessage(text);
    }
  }

  private void readMessage(String text) {
    if (!inRequest) {
      var read = text.substring(0, Math.min(text.length(), MAX_TEXT));
      proven |= NAME.matcher(QUOTED.matcher(read).replaceAll(" ")).find();
    }
  }
}
