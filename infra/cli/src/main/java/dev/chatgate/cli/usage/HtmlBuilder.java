package dev.chatgate.cli.usage;

import java.util.Locale;
import java.util.Map;

/** Builds HTML. All element content and attribute values are escaped. */
final class HtmlBuilder {
  private final StringBuilder text = new StringBuilder();

  /** Appends trusted markup without escaping. */
  HtmlBuilder raw(String markup) {
    text.append(markup);
    return this;
  }

  /** Appends trusted markup with numbers formatted into it. */
  @SuppressWarnings("AnnotateFormatMethod") // would need a dependency for one annotation
  HtmlBuilder rawf(String format, Object... numbers) {
    text.append(String.format(Locale.ROOT, format, numbers));
    return this;
  }

  /** Appends text. */
  HtmlBuilder text(String content) {
    text.append(escaped(content));
    return this;
  }

  /** Appends an element with text content. */
  HtmlBuilder element(String name, String content) {
    return element(name, Map.of(), content);
  }

  /** Appends an element with a CSS class and text content. */
  HtmlBuilder element(String name, String style, String content) {
    return element(name, Map.of("class", style), content);
  }

  /** Appends an element with attributes and text content. Empty attributes are left out. */
  HtmlBuilder element(String name, Map<String, String> attributes, String content) {
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

  /** Excludes control characters, unpaired surrogates and bidirectional formatting. */
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
