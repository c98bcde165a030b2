package dev.chatgate.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs every unmodified client library through every case, and compares the results with the page.
 */
@Tag("outside")
class ClientMatrixTest {
  private static final Path ROOT = ClientMatrix.root();

  private static ClientMatrix matrix;

  @BeforeAll
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  static void run() {
    matrix = ClientMatrix.run(ROOT, Library.all(ROOT));
  }

  @Test
  void everyLibraryBehavesAsItsRunnerExpects() {
    assertEquals(List.of(), matrix.failures(), () -> String.join("\n", matrix.failures()));
  }

  @Test
  void thePageShowsTheResults() throws Exception {
    assertEquals(
        Files.readString(ClientMatrix.page(ROOT)),
        matrix.page(),
        "infra/clients/MATRIX.md is out of date: mvn -q -Pmatrix -Dmatrix=write");
  }
}
