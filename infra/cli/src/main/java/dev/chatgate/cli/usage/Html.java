package dev.chatgate.cli.usage;

import java.util.Locale;
import java.util.Map;

/** Text of HTML, in which what comes from outside is text and nothing else. */
final class Html {
  private final StringBuilder text = new StringBuilder();

  /** Adds what this program wrote itself. */
  Html raw(String markup) {
    text.append(markup);
    return this;
  }

  /** Adds what this program wrote itself, with numbers in it. */
  @SuppressWarnings("AnnotateFormatMethod") // would need a dependency for one annotation
  Html rawf(String format, Object... numbers) {
    text.append(String.format(Locale.ROOT, format, numbers));
    return this;
  }

  /** Adds an element with a text. */
  Html element(String name, String content) {
    return element(name, Map.of(), content);
  }

  /** Adds an element of a class with a text. */
  Html element(String name, String style, String content) {
    return element(name, Map.of("class", style), content);
  }

  /** Adds an element with attributes, of which empty ones are left out, and a text. */
  Html element(String name, Map<String, String> attributes, String content) {
    text.append('<').append(name);
    attributes.entrySet().stream()
        .filter(attribute -> !attribute.getValue().isEmpty())
        .sorted(Map.Entry.comparingByKey())
        .forEach(attribute ->
            text.append(' ')
                .append(attribute.getKey())
                .append("=\"")
                .append(escaped(attribute.getValue()))
                .append('"'));
    text.append('>').append(escaped(content)).append("</").append(name).append('>');
    return this;
  }

  private static String escaped(String content) {
    var safe = new StringBuilder();
    content
        .codePoints()
        .forEach(character -> {
          switch (character) {
            case '<' -> safe.append("&lt;");
            case '>' -> safe.append("&gt;");
            case '&' -> safe.append("&amp;");
            case '"' -> safe.append("&quot;");
            default -> safe.appendCodePoint(isText(character) ? character : '\uFFFD');
          }
        });
    return safe.toString();
  }

  /** Neither control characters, nor half of a surrogate pair, nor what turns the line around. */
  private static boolean isText(int character) {
    int type = Character.getType(character);
    return type != Character.CONTROL
        && type != Character.SURROGATE
        && type != Character.FORMAT
        && type != Character.UNASSIGNED;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
