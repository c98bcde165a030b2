package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.operation.UpstreamEdits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Valid chat bodies in every way to write one down: any white space, order of fields, spelling of
 * numbers, escapes in keys and values, unknown fields. With each comes what it must be after the
 * edits, known from how it was built and not from reading it.
 */
final class RandomBodies {
  /** A body as a tenant sends it, and as the provider must see it. */
  record Body(String sent, String expected) {}

  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1.0",
    "1e-7",
    "1E+2",
    "9007199254740993",
    "-0.10",
    "1e400",
    "123456789012345678901234567890"
  };
  private static final String[] TEXTS = {
    "",
    "hi",
    "é",
    "日本",
    "😀",
    "\\n",
    "\\\"",
    "\\\\",
    "\\/",
    "\\u00e9",
    "\\ud83d\\ude00",
    "{\\\"model\\\":1}",
    "\u2028",
    "\u007f"
  };
  private static final String[] SPACES = {"", "", " ", "\n", "\r\n", "\t", "\r\n    ", "  "};

  private final Random random;

  RandomBodies(long seed) {
    random = new Random(seed);
  }

  Body next(UpstreamEdits edits) {
    String model = text();
    List<Body> fields = new ArrayList<>();
    fields.add(
        field(
            "model",
            "\"m" + model + "\"",
            edits.model().map(RandomBodies::quoted).orElse("\"m" + model + "\"")));
    fields.add(field("messages", messages()));
    String atOpen = maxTokens(fields, edits) + streamOptions(fields, edits);
    fields.add(field("stream", "true"));
    for (int extra = random.nextInt(5); extra > 0; extra--) {
      fields.add(field("x" + extra + text(), value(3)));
    }
    if (random.nextBoolean()) {
      fields.add(field("temperature", pick("0", "1.0", "2e0", "null", "0.70")));
    }
    Collections.shuffle(fields, random);
    String before = space() + "{";
    String after = space() + "}" + space();
    return new Body(
        before + join(fields, true) + after, before + atOpen + join(fields, false) + after);
  }

  /** Adds the field, if any, and returns what must be inserted after the opening brace. */
  private String maxTokens(List<Body> fields, UpstreamEdits edits) {
    String max =
        edits.completionLimit().isPresent() ? "" + edits.completionLimit().getAsLong() : "null";
    switch (random.nextInt(3)) {
      case 0 -> fields.add(field("max_tokens", "17"));
      case 1 -> fields.add(field("max_tokens", "null", max));
      default -> {
        return edits.completionLimit().isPresent() ? "\"max_tokens\":" + max + "," : "";
      }
    }
    return "";
  }

  private String streamOptions(List<Body> fields, UpstreamEdits edits) {
    boolean set = edits.askForUsage();
    String other = space() + "\"y\"" + space() + ":" + value(2) + space();
    String flag = space() + key("include_usage") + space() + ":" + space();
    switch (random.nextInt(6)) {
      case 0 -> {
        return set ? "\"stream_options\":{\"include_usage\":true}," : "";
      }
      case 1 ->
          fields.add(field("stream_options", "null", set ? "{\"include_usage\":true}" : "null"));
      case 2 -> {
        String inside = space();
        fields.add(
            field(
                "stream_options",
                "{" + inside + "}",
                set ? "{\"include_usage\":true" + inside + "}" : "{" + inside + "}"));
      }
      case 3 ->
          fields.add(
              field(
                  "stream_options",
                  "{" + other + "}",
                  set ? "{\"include_usage\":true," + other + "}" : "{" + other + "}"));
      case 4 -> fields.add(field("stream_options", "{" + other + "," + flag + "true}"));
      default -> {
        String given = pick("false", "null");
        String sent = "{" + flag + given + space() + "," + other + "}";
        String now = set ? sent.replaceFirst(":(\\s*)" + given, ":$1true") : sent;
        fields.add(field("stream_options", sent, now));
      }
    }
    return "";
  }

  private Body field(String name, String sent) {
    return field(name, sent, sent);
  }

  private Body field(String name, String sent, String expected) {
    String key = space() + key(name) + space() + ":" + space();
    String after = space();
    return new Body(key + sent + after, key + expected + after);
  }

  private static String join(List<Body> fields, boolean sent) {
    return fields.stream()
        .map(field -> sent ? field.sent() : field.expected())
        .collect(Collectors.joining(","));
  }

  /** A key, now and then with a letter escaped. */
  private String key(String name) {
    if (random.nextInt(4) > 0 || name.startsWith("x")) {
      return '"' + name + '"';
    }
    int at = random.nextInt(name.length());
    return "\"%s\\u%04X%s\""
        .formatted(name.substring(0, at), (int) name.charAt(at), name.substring(at + 1));
  }

  private String messages() {
    var messages = new StringBuilder("[");
    for (int count = random.nextInt(4); count >= 0; count--) {
      messages
          .append(space())
          .append("{\"role\":\"")
          .append(pick("user", "system", "assist\\u0061nt"))
          .append("\",")
          .append(space())
          .append("\"content\":")
          .append(
              random.nextBoolean()
                  ? '"' + text() + '"'
                  : "[{\"type\":\"text\",\"text\":\"" + text() + "\"}" + space() + "]")
          .append('}')
          .append(count > 0 ? "," : "");
    }
    return messages.append(']').toString();
  }

  private String value(int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 4)) {
      case 0 -> pick(NUMBERS);
      case 1 -> '"' + text() + '"';
      case 2 -> pick("true", "false", "null");
      case 3 -> pick("[]", "{}", "[ ]", "{\r\n}");
      case 4 -> "[" + value(depth - 1) + space() + "," + space() + value(depth - 1) + "]";
      case 5 -> "{\"model\":" + value(depth - 1) + ",\"stream_options\":" + space() + "null}";
      default -> "{" + space() + "\"max_tokens\"" + space() + ":" + value(depth - 1) + "}";
    };
  }

  private String text() {
    var text = new StringBuilder();
    for (int parts = random.nextInt(4); parts > 0; parts--) {
      text.append(pick(TEXTS));
    }
    return text.toString();
  }

  private String space() {
    return pick(SPACES);
  }

  private String pick(String... from) {
    return from[random.nextInt(from.length)];
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
