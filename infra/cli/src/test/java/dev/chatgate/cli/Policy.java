package dev.chatgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A policy of {@code infra/policies}.
 *
 * @param actions each action with the template's name of its resource
 */
record Policy(Set<String> actions) {
  private static final Pattern STACK = Pattern.compile("arn:aws:cloudformation:.*:stack/.*");

  /** The template's name of a table or a secret, and an index. */
  private static final Pattern NAME =
      Pattern.compile(
          "arn:aws:(?:dynamodb|secretsmanager):.*?(\\w+(?:Table|Secret))-\\*(/index/\\w+)?");

  static Policy read(String name) throws IOException {
    var json = Files.readString(Path.of("..", "policies", name + ".json"));
    var actions = new TreeSet<String>();
    for (var statement : JsonMapper.builder().build().readTree(json).get("Statement")) {
      for (var action : statement.get("Action")) {
        for (var resource : statement.get("Resource")) {
          actions.add(action.asText() + " " + resource(resource));
        }
      }
    }
    return new Policy(actions);
  }

  private static String resource(JsonNode arn) {
    var text = arn.asText();
    var name = NAME.matcher(text);
    if (name.matches()) {
      return name.group(1) + (name.group(2) == null ? "" : name.group(2));
    }
    return STACK.matcher(text).matches() ? "Stack" : text;
  }
}
