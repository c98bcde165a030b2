package dev.chatgate.cli.text;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Comma-separated values as RFC 4180 has them. */
public final class Csv {
  /** A cell that begins so is a formula to a spreadsheet, and tenants choose names of models. */
  private static final String BEGIN_OF_FORMULA = "=+-@\t\r";

  private final StringBuilder text = new StringBuilder();

  /** Adds a line of texts. */
  public void line(List<String> texts) {
    line(texts, List.of());
  }

  /** Adds a line of texts, then numbers. */
  public void line(List<String> texts, List<Long> numbers) {
    text.append(
            Stream.concat(texts.stream().map(Csv::cell), numbers.stream().map(String::valueOf))
                .collect(Collectors.joining(",")))
        .append("\r\n");
  }

  private static String cell(String value) {
    var safe =
        !value.isEmpty() && BEGIN_OF_FORMULA.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
