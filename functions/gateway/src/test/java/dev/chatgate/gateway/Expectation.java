package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.chatgate.gateway.account.DescribedApi;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The expected answer to an event, in the format of {@code events/README.md}. */
record Expectation(JsonNode expected) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> MEMBERS =
      List.of(
          "status",
          "headers",
          "json",
          "stream",
          "each",
          "body",
          "settings",
          "tenant",
          "provider",
          "store",
          "client_secret",
          "signing_secret",
          "end_user",
          "before");

  /** An answer as the client gets it. */
  public record Answer(int status, Map<String, String> headers, String text) {}

  Expectation {
    expected
        .fieldNames()
        .forEachRemaining(name -> {
          if (!MEMBERS.contains(name)) {
            throw new IllegalArgumentException("an expectation has no " + name);
          }
        });
  }

  /** Additional environment variables of the function. */
  Map<String, String> settings() {
    var settings = new TreeMap<String, String>();
    expected
        .path("settings")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    return settings;
  }

  /** A member of the expectation; a missing node if it does not exist. */
  JsonNode member(String name) {
    return expected.path(name);
  }

  /** Whether the gateway itself refuses the request. */
  record Refusal(String code, int status) {}

  /** The error that must be the answer, if the gateway and not the provider gives it. */
  Optional<Refusal> refusal() {
    var code = expected.at("/json/error/code");
    return code.isTextual() && passes().isEmpty()
        ? Optional.of(new Refusal(code.asText(), expected.path("status").asInt()))
        : Optional.empty();
  }

  /** The code of the error event that must end the stream. */
  Optional<String> brokenBy() {
    return DescribedApi.elements(expected.path("stream"))
        .map(data -> data.at("/error/code"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst();
  }

  /** The status, if the provider's own error is passed on. */
  Optional<Integer> passes() {
    boolean ofProvider =
        expected.at("/headers/x-chatgate-error-source").asText().equals("provider");
    int status = expected.path("status").asInt();
    return ofProvider && status < 500 ? Optional.of(status) : Optional.empty();
  }

  void check(Answer answer) {
    assertEquals(expected.path("status").asInt(), answer.status(), answer::text);
    JsonNode headers = JSON.valueToTree(answer.headers());
    mismatch("header", expected.path("headers"), headers).ifPresent(text -> fail(text));
    if (expected.has("body")) {
      mismatch("body", expected.get("body"), new TextNode(answer.text()))
          .ifPresent(text -> fail(text));
    }
    if (expected.has("json")) {
      mismatch("body", expected.get("json"), parse(answer.text()))
          .ifPresent(text -> fail(text + "\n" + answer.text()));
    }
    if (expected.has("stream")) {
      checkStream(answer.text());
    }
  }

  private void checkStream(String text) {
    var data =
        Stream.of(text.split("\n"))
            .filter(line -> line.startsWith("data:"))
            .map(line -> parse(line.substring("data:".length()).strip()))
            .toList();
    data.stream()
        .filter(JsonNode::isObject)
        .flatMap(datum -> mismatch("each", expected.path("each"), datum).stream())
        .findFirst()
        .ifPresent(wrong -> fail(wrong + "\n" + text));
    int next = 0;
    for (JsonNode wanted : expected.get("stream")) {
      while (next < data.size() && mismatch("", wanted, data.get(next)).isPresent()) {
        next++;
      }
      if (next++ == data.size()) {
        fail("no " + wanted + " where it should be in\n" + text);
      }
    }
    assertEquals(data.size(), next, () -> "more than expected at the end of\n" + text);
  }

  /** Describes the differences from the expected value; empty if there are none. */
  private static Optional<String> mismatch(String where, JsonNode expected, JsonNode actual) {
    boolean same =
        switch (expected.getNodeType()) {
          case OBJECT -> actual.isObject();
          case ARRAY -> actual.isArray() && actual.size() == expected.size();
          case NULL -> actual.isNull() || actual.isMissingNode();
          case STRING -> matches(expected.asText(), actual);
          case MISSING -> true;
          case BINARY, BOOLEAN, NUMBER, POJO -> expected.equals(actual);
        };
    if (!same) {
      return Optional.of("%s: expected %s, not %s".formatted(where, expected, actual));
    }
    return expected.isArray()
        ? firstInList(where, expected, actual)
        : firstInObject(where, expected, actual);
  }

  private static Optional<String> firstInList(String where, JsonNode expected, JsonNode actual) {
    return Stream.iterate(0, i -> i < expected.size(), i -> i + 1)
        .flatMap(i -> mismatch(where + "[" + i + "]", expected.get(i), actual.get(i)).stream())
        .findFirst();
  }

  private static Optional<String> firstInObject(String where, JsonNode expected, JsonNode actual) {
    return expected.properties().stream()
        .flatMap(member ->
            mismatch(where + "." + member.getKey(), member.getValue(), actual.path(member.getKey()))
                .stream())
        .findFirst();
  }

  private static boolean matches(String expected, JsonNode actual) {
    return actual.isValueNode()
        && (expected.startsWith("~")
            ? actual.asText().matches(expected.substring(1))
            : actual.isTextual() && actual.asText().equals(expected));
  }

  /** Parses JSON; text that is not JSON becomes a string node. */
  private static JsonNode parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node == null ? MissingNode.getInstance() : node;
    } catch (JsonProcessingException e) {
      return new TextNode(text);
    }
  }
}
