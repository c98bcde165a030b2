package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bill of a million calls on the first page is the one that was recorded last. */
class RecordedBillTest {
  private static final String HEAD = "| a million calls, USD |";

  @Test
  void theFirstPageShowsTheRecordedBill() throws IOException {
    var recorded = bill("infra/bench/results/table.md");
    assertTrue(recorded.size() > 3, "the recorded page has no bill");
    assertEquals(recorded, bill("README.md"));
  }

  private static List<String> bill(String page) throws IOException {
    return Files.readAllLines(Repository.ROOT.resolve(page)).stream()
        .dropWhile(line -> !line.startsWith(HEAD))
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }
}
