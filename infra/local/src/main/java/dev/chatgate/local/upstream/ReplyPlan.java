package dev.chatgate.local.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The complete reply of the built-in upstream to one request.
 *
 * @param reasoning what is thought before, as one string for each token
 * @param tokens the text, or the arguments of the tool call, as one string for each token
 * @param tool the function that is called, if one is
 * @param finishReason as OpenAI names it
 */
record ReplyPlan(
    List<String> reasoning, List<String> tokens, Optional<String> tool, String finishReason) {
  private static final int LONG_REPETITIONS = 75;

  /** What the model that always calls a tool calls if the request has none. */
  private static final JsonNode CLOCK =
      JsonNodeFactory.instance.objectNode().put("name", "current_time");

  /** The reply to a request. */
  static ReplyPlan to(JsonNode request, BuiltInModel model) {
    Optional<JsonNode> function = functionToCall(request, model);
    String text =
        function
            .map(called -> SchemaSample.of(called.path("parameters")).toString())
            .orElseGet(
                () -> text(request).repeat(model == BuiltInModel.LONG ? LONG_REPETITIONS : 1));
    List<String> all = tokens(text);
    int most = request.path("max_tokens").asInt(request.path("max_completion_tokens").asInt(4096));
    List<String> thought =
        model == BuiltInModel.REASONING
            ? tokens("The question is short. The answer can be short as well.")
            : List.of();
    List<String> reasoning = thought.subList(0, Math.min(most, thought.size()));
    List<String> said = all.subList(0, Math.min(most - reasoning.size(), all.size()));
    String whole = function.isPresent() ? "tool_calls" : "stop";
    return new ReplyPlan(
        List.copyOf(reasoning),
        List.copyOf(said),
        function.map(called -> called.path("name").asText()),
        said.size() < all.size() ? "length" : whole);
  }

  /** All tokens joined. */
  String text() {
    return String.join("", tokens);
  }

  private static Optional<JsonNode> functionToCall(JsonNode request, BuiltInModel model) {
    JsonNode choice = request.path("tool_choice");
    JsonNode tools = request.path("tools");
    String name = choice.path("function").path("name").asText("");
    boolean always = model == BuiltInModel.TOOLS;
    if (always && tools.isEmpty()) {
      return Optional.of(CLOCK);
    }
    boolean wanted = always || choice.isObject() || choice.asText().equals("required");
    if (!wanted) {
      return Optional.empty();
    }
    for (JsonNode tool : tools) {
      JsonNode function = tool.path("function");
      if (name.isEmpty() || function.path("name").asText().equals(name)) {
        return Optional.of(function);
      }
    }
    return Optional.empty();
  }

  private static String text(JsonNode request) {
    JsonNode format = request.path("response_format");
    return switch (format.path("type").asText()) {
      case "json_schema" -> SchemaSample.of(format.path("json_schema").path("schema")).toString();
      case "json_object" -> "{\"answer\": \"This is the built-in upstream.\"}";
      default -> prose(request);
    };
  }

  private static String prose(JsonNode request) {
    String question = Prompt.lastText(request.path("messages"));
    String about = question.isBlank() ? "nothing" : "\"" + question.strip() + "\"";
    return "This is the built-in upstream, which answers offline. You said "
        + about
        + " and a real model would now say something clever about it.";
  }

  /** A token is a word with the white space before it. */
  private static List<String> tokens(String text) {
    var tokens = new ArrayList<String>();
    int start = 0;
    for (int i = 1; i < text.length(); i++) {
      if (Character.isWhitespace(text.charAt(i)) && !Character.isWhitespace(text.charAt(i - 1))) {
        tokens.add(text.substring(start, i));
        start = i;
      }
    }
    tokens.add(text.substring(start));
    return tokens;
  }
}
