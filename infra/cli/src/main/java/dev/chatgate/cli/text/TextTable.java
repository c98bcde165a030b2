package dev.chatgate.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A plain-text table with columns as wide as their widest cell. */
public final class TextTable {
  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A column.
   *
   * @param title the heading
   * @param right whether cells are right-aligned
   */
  public record Column(String title, boolean right) {
    /** A left-aligned column. */
    public static Column text(String title) {
      return new Column(title, false);
    }

    /** A right-aligned column. */
    public static Column number(String title) {
      return new Column(title, true);
    }
  }

  /**
   * @param columns the columns from left to right
   */
  public TextTable(List<Column> columns) {
    this.columns = List.copyOf(columns);
    rows.add(columns.stream().map(Column::title).toList());
  }

  /** Appends a row. */
  public void row(String... cells) {
    row(Arrays.asList(cells));
  }

  /** Appends a row. */
  public void row(List<String> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException("the row must have one cell per column");
    }
    rows.add(cells.stream().map(TextTable::printable).toList());
  }

  /** The table as text, one line per row. */
  @Override
  public String toString() {
    return rows.stream().map(row -> line(row) + "\n").collect(Collectors.joining());
  }

  private String line(List<String> row) {
    var line = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      var cell = row.get(i);
      var space = " ".repeat(width(i) - length(cell));
      line.append(columns.get(i).right() ? space + cell : cell + space).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  /**
   * Replaces control characters by U+FFFD. Model names come from tenants and must not control the
   * terminal.
   */
  public static String printable(String cell) {
    return cell.codePoints()
        .map(character -> isControl(character) ? '\uFFFD' : character)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isControl(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
