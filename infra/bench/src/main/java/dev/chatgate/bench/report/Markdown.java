package dev.chatgate.bench.report;

import java.util.Collections;
import java.util.List;

/** Writes Markdown. */
public final class Markdown {
  private Markdown() {}

  /**
   * A table, with a line feed after the last row.
   *
   * @param head names of the columns
   * @param rows cells; each row as long as the head
   * @throws IllegalArgumentException if a row has another length
   */
  public static String table(List<String> head, List<List<String>> rows) {
    var table = new StringBuilder(row(head));
    table.append(row(Collections.nCopies(head.size(), "---")));
    for (var cells : rows) {
      if (cells.size() != head.size()) {
        throw new IllegalArgumentException("a row of " + cells.size() + " under " + head.size());
      }
      table.append(row(cells));
    }
    return table.toString();
  }

  private static String row(List<String> cells) {
    var escaped = cells.stream().map(cell -> cell.replace("|", "\\|")).toList();
    return "| " + String.join(" | ", escaped) + " |\n";
  }
}
