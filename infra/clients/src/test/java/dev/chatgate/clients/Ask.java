package dev.chatgate.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/**
 * What a chat call asks the provider for.
 *
 * @param model the model's name, which names the case
 * @param stream whether the answer is to be a stream
 * @param options whether the call carries {@code stream_options} at all
 * @param usage whether a stream is to end with its usage
 * @param choices how many answers are wanted
 */
record Ask(String model, boolean stream, boolean options, boolean usage, int choices) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads a request's body. */
  static Ask of(String body) {
    try {
      JsonNode call = JSON.readTree(body);
      return new Ask(
          call.path("model").asText(),
          call.path("stream").asBoolean(),
          call.path("stream_options").isObject(),
          call.path("stream_options").path("include_usage").asBoolean(),
          call.path("n").asInt(1));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The case's name: the model's, without what all of them begin with. */
  String name() {
    return model.replaceFirst("^case/", "");
  }
}
