package dev.chatgate.cli.trial;

import dev.chatgate.cli.text.JsonOutput;

/** The body of a chat call. */
public final class ChatRequest {
  private ChatRequest() {}

  /**
   * Makes a body with one message of the user.
   *
   * @param model the model, by the name that the tenant sends
   * @param prompt the message
   * @param maxTokens {@code max_tokens}
   * @param streamed whether it asks for a stream, with its usage
   */
  public static String body(String model, String prompt, int maxTokens, boolean streamed) {
    return JsonOutput.compact(json -> {
      json.writeStartObject();
      json.writeStringField("model", model);
      json.writeArrayFieldStart("messages");
      json.writeStartObject();
      json.writeStringField("role", "user");
      json.writeStringField("content", prompt);
      json.writeEndObject();
      json.writeEndArray();
      json.writeNumberField("max_tokens", maxTokens);
      if (streamed) {
        json.writeBooleanField("stream", true);
        json.writeObjectFieldStart("stream_options");
        json.writeBooleanField("include_usage", true);
        json.writeEndObject();
      }
      json.writeEndObject();
    });
  }
}
