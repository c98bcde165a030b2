package dev.chatgate.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/**
 * The parts of a chat request that a case of the provider needs.
 *
 * @param model the model's name, which names the case
 * @param stream whether a stream is requested
 * @param options whether the request has {@code stream_options}
 * @param usage whether the usage of a stream is requested
 * @param choices number of requested choices
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

  /** The case's name, which is the model's without the common prefix. */
  String name() {
    return model.replaceFirst("^case/", "");
  }
}
