package dev.chatgate.identity.login;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A JSON object that a test writes, with members of any form. */
public final class TestJson {
  private final Map<String, String> members = new LinkedHashMap<>();

  /**
   * Sets a member.
   *
   * @param json its value as it is written
   */
  public TestJson with(String name, String json) {
    members.put(name, json);
    return this;
  }

  /** Sets a member to a number. */
  public TestJson number(String name, long value) {
    return with(name, Long.toString(value));
  }

  /** Sets a member to a string, which needs no escapes. */
  public TestJson text(String name, String value) {
    return with(name, quoted(value));
  }

  /** Sets a member to a list of strings, which need no escapes. */
  public TestJson texts(String name, String... values) {
    return with(
        name,
        Arrays.stream(values).map(TestJson::quoted).collect(Collectors.joining(",", "[", "]")));
  }

  /** Removes a member. */
  public TestJson without(String name) {
    members.remove(name);
    return this;
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  @Override
  public String toString() {
    return members.entrySet().stream()
        .map(member -> quoted(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
