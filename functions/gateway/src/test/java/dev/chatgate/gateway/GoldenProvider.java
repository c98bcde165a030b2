package dev.chatgate.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.gateway.account.DescribedApi;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A provider with the answers of a golden event's {@code provider}; without one, a healthy
 * provider.
 */
final class GoldenProvider {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEAD = "\"id\":\"chatcmpl-1\",\"created\":1,\"model\":\"demo/model\"";
  private static final String USAGE =
      "{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}";
  private static final List<String> MEMBERS =
      List.of("status", "headers", "json", "body", "stream", "megabytes", "then");

  private GoldenProvider() {}

  /** Creates the scripts for a list of answers; if it is empty, that of a healthy provider. */
  static List<ScriptedProvider.Script> scripts(JsonNode answers) {
    return answers.isEmpty()
        ? List.of(GoldenProvider::healthy)
        : DescribedApi.elements(answers).map(GoldenProvider::script).toList();
  }

  private static ScriptedProvider.Script script(JsonNode answer) {
    DescribedApi.names(answer).stream()
        .filter(name -> !MEMBERS.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw new IllegalArgumentException("a provider's answer has no " + name);
        });
    return answer.isEmpty() ? GoldenProvider::healthy : wire -> play(answer, wire);
  }

  private static void play(JsonNode answer, Wire wire) throws IOException {
    if (answer.has("json")
        || answer.has("body")
        || answer.has("stream")
        || answer.has("megabytes")) {
      wire.raw(head(answer) + body(answer));
    }
    switch (answer.path("then").asText()) {
      case "silence" -> wire.stall();
      case "reset" -> wire.reset();
      default -> wire.close();
    }
  }

  /** Sends an answer without a length, which ends when the connection is closed. */
  private static String head(JsonNode answer) {
    boolean events = answer.has("stream");
    boolean cut = answer.path("then").asText().equals("reset");
    var head =
        new StringBuilder("HTTP/1.1 " + answer.path("status").asInt(200) + " Golden\r\n")
            .append(cut ? "content-length: 99999999\r\n" : "");
    if (!answer.path("headers").has("content-type")) {
      head.append("content-type: " + (events ? "text/event-stream" : "application/json") + "\r\n");
    }
    answer
        .path("headers")
        .properties()
        .forEach(
            header -> head.append(header.getKey() + ": " + header.getValue().asText() + "\r\n"));
    return head.append("\r\n").toString();
  }

  private static String body(JsonNode answer) {
    if (answer.has("stream")) {
      return DescribedApi.elements(answer.get("stream"))
          .map(data -> "data: " + (data.isTextual() ? data.asText() : data.toString()) + "\n\n")
          .collect(Collectors.joining());
    }
    return answer.has("megabytes")
        ? "{\"choices\":[],\"x\":\"" + "y".repeat(answer.get("megabytes").asInt() << 20) + "\"}"
        : answer.has("json") ? answer.get("json").toString() : answer.get("body").asText();
  }

  private static void healthy(Wire wire) throws IOException {
    if (wire.request().head().startsWith("GET ")) {
      wire.json(
          200, "{\"object\":\"list\",\"data\":[{\"id\":\"demo/model\",\"object\":\"model\"}]}");
    } else if (JSON.readTree(wire.request().body()).path("stream").asBoolean()) {
      wire.stream(
          Stream.of(
                  chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null"),
                  chunk("{\"content\":\"Hello.\"}", "null"),
                  chunk("{}", "\"stop\""),
                  "{\"object\":\"chat.completion.chunk\","
                      + HEAD
                      + ",\"choices\":[],\"usage\":"
                      + USAGE
                      + "}",
                  "[DONE]")
              .map(data -> "data: " + data + "\n\n")
              .reduce("", String::concat));
    } else {
      wire.json(
          200,
          "{\"object\":\"chat.completion\","
              + HEAD
              + ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello.\"},"
              + "\"finish_reason\":\"stop\"}],\"usage\":"
              + USAGE
              + "}");
    }
  }

  private static String chunk(String delta, String finishReason) {
    return "{\"object\":\"chat.completion.chunk\",%s,\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}"
        .formatted(HEAD, delta, finishReason);
  }
}
