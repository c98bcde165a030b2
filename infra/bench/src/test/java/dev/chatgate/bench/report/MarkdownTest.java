package dev.chatgate.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTest {
  @Test
  void aTableHasAHeadARulerAndRowsWithEscapedBars() {
    var table = Markdown.table(List.of("a", "b"), List.of(List.of("1", "x|y"), List.of("2", "")));
    assertEquals(
        """
        | a | b |
        | --- | --- |
        | 1 | x\\|y |
        | 2 |  |
        """,
        table);
  }

  @Test
  void aRowOfAnotherLengthIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Markdown.table(List.of("a", "b"), List.of(List.of("1"))));
  }

  @Test
  void aPageHasItsCommandAndEnvironmentButNoRawNumbers() {
    var around = new RunEnvironment("abc", 2, 3.96, "Some processor", "25, Somebody", 0.5);
    var page =
        new Result(true, "All is well.\n\n| a |\n", "1 2 3\n")
            .page("drill", Instant.parse("2026-11-23T20:00:00Z"), around);
    assertTrue(
        page.startsWith("# drill\n\n`mvn -q -Pbench -Dbench=drill`, 2026-11-23T20:00:00Z\n"));
    assertTrue(
        page.contains("\n- Commit: abc\n- Machine: 2 cores (Some processor), 4.0 GiB, "), page);
    assertTrue(page.endsWith("\n\nAll is well.\n\n| a |\n"), page);
  }

  @Test
  void aFieldIsFoundByItsNameAndTrimmed() {
    var lines = List.of("processor\t: 0", "model name\t: A: B  ", "model name\t: C");
    assertEquals("A: B", RunEnvironment.field(lines, "model name", "unknown"));
    assertEquals("unknown", RunEnvironment.field(lines, "MemTotal", "unknown"));
  }
}
