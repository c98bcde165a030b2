package dev.chatgate.cli.trial;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Collects an answer of a door: an object, or the events of a stream. Only what is shown is kept.
 */
public final class ChatAnswer {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String DATA = "data:";
  private static final String END = "[DONE]";

  private final StringBuilder object = new StringBuilder();
  private final Map<String, String> values = new HashMap<>();
  private boolean ended;

  ChatAnswer() {}

  /**
   * Takes a line of a stream.
   *
   * @return the text that it adds to the answer
   * @throws IOException if it is not an event of a chat completion
   */
  Optional<String> event(String line) throws IOException {
    if (!line.startsWith(DATA)) {
      return Optional.empty();
    }
    var data = line.substring(DATA.length()).strip();
    if (data.equals(END)) {
      ended = true;
      return Optional.empty();
    }
    values.remove("/choices/0/delta/content");
    read(data);
    return Optional.ofNullable(values.get("/choices/0/delta/content"));
  }

  /** Takes a line of an answer in one piece. */
  void line(String line) {
    object.append(line).append('\n');
  }

  /** Ends an answer in one piece, and returns its text. An answer of AWS's own may not be JSON. */
  Optional<String> end() {
    try {
      read(object.toString());
      ended = true;
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.ofNullable(values.get("/choices/0/message/content"));
  }

  private void read(String json) throws IOException {
    try (var parser = JSON.createParser(json)) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
          values.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
        }
      }
    }
  }

  /** Whether it is complete: a stream ends with an event of its own. */
  public boolean isComplete() {
    return ended;
  }

  /** The error that the door sent, on one line. */
  public Optional<String> error() {
    return Optional.ofNullable(values.get("/error/message"))
        .map(message ->
            Optional.ofNullable(values.get("/error/code")).map(code -> code + ": ").orElse("")
                + message);
  }

  /** A number of tokens that the door reported, or a question mark. */
  public String tokens(String name) {
    return values.getOrDefault("/usage/" + name, "?");
  }
}
