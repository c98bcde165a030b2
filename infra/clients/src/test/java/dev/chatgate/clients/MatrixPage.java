package dev.chatgate.clients;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page, with one table for each group of cases and one column for each library. */
final class MatrixPage {
  private static final String HEAD =
      """
      # What each client library makes of Chatgate

      Measured by `mvn -q -Pmatrix`, which prints this page: every library unmodified, at the local
      stack over the packages that are deployed, with a provider behind it that does what the row
      says. Streams are read at the streaming door unless the row names the other. A test fails when
      this page differs from what it measures.

      `ok`: the caller gets all that was sent, or, where the row is an error, an error that carries
      its code. A class name is what the library throws; an error shows status, code, `param` and
      request id to the caller unless the cell says what it does not show. *helper*: the library's
      own way to put a stream together, where reading chunk by chunk does better. –: the library
      does not offer it. LangChain.js may repeat a call twice here; by default six times, for minutes.

      | | |
      | --- | --- |
      """;

  private MatrixPage() {}

  /** The page as Markdown. */
  static String of(List<Library> libraries, Map<Library, Map<String, Cell>> results) {
    var page = new StringBuilder(HEAD);
    for (Library library : libraries) {
      page.append("| %s | %s |\n".formatted(library.title(), library.pinned()));
    }
    for (Case.Group group : Case.Group.values()) {
      page.append("\n## ").append(group.title()).append("\n\n");
      page.append(row("", libraries.stream().map(Library::title).toList()));
      page.append(row("---", libraries.stream().map(library -> "---").toList()));
      for (Case one : group.cases()) {
        page.append(row(one.title(), cells(one, libraries, results)));
      }
    }
    return page.toString();
  }

  private static List<String> cells(
      Case one, List<Library> libraries, Map<Library, Map<String, Cell>> results) {
    return libraries.stream()
        .map(library -> results.getOrDefault(library, Map.of()).get(one.id()))
        .map(cell -> cell == null ? "?" : cell.text())
        .toList();
  }

  private static String row(String first, List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| " + first + " | ", " |\n"));
  }
}
