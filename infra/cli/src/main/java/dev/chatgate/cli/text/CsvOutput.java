package dev.chatgate.cli.text;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds comma-separated values (RFC 4180). */
public final class CsvOutput {
  /** First characters of a formula in a spreadsheet. Tenants choose the names of models. */
  private static final String FORMULA_START = "=+-@\t\r";

  private final StringBuilder text = new StringBuilder();

  /** Appends a line of text cells. */
  public void line(List<String> texts) {
    line(texts, List.of());
  }

  /** Appends a line of text cells, then numbers. */
  public void line(List<String> texts, List<Long> numbers) {
    text.append(
            Stream.concat(
                    texts.stream().map(CsvOutput::cell), numbers.stream().map(String::valueOf))
                .collect(Collectors.joining(",")))
        .append("\r\n");
  }

  private static String cell(String value) {
    var safe =
        !value.isEmpty() && FORMULA_START.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
