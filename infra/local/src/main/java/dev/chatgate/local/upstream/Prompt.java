package dev.chatgate.local.upstream;

import com.fasterxml.jackson.databind.JsonNode;

/** The text of a request's messages. */
final class Prompt {
  private static final int CHARACTERS_PER_TOKEN = 4;
  private static final int TOKENS_PER_MESSAGE = 3;

  private Prompt() {}

  /** The text of the last message that has one; empty if none has. */
  static String lastText(JsonNode messages) {
    String last = "";
    for (JsonNode message : messages) {
      String text = text(message.path("content"));
      last = text.isEmpty() ? last : text;
    }
    return last;
  }

  /** An estimate: one token for 4 characters. */
  static int tokens(JsonNode request) {
    int tokens = 0;
    for (JsonNode message : request.path("messages")) {
      tokens += TOKENS_PER_MESSAGE + ceil(text(message.path("content")).length());
    }
    return tokens + ceil(request.path("tools").size() == 0 ? 0 : tools(request));
  }

  private static int tools(JsonNode request) {
    return request.path("tools").toString().length();
  }

  private static int ceil(int characters) {
    return (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
  }

  private static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    var text = new StringBuilder();
    if (content.isArray()) {
      content.forEach(part -> text.append(part.path("text").asText()));
    }
    return text.append(content.path("text").asText()).toString();
  }
}
