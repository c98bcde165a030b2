package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits on the size of the packages. */
class PackageSizeTest {
  @ParameterizedTest
  @CsvSource({"gateway, 10500000", "reconciler, 9000000"})
  void aPackageStaysSmall(String function, long maxBytes) throws IOException {
    Path zip =
        Path.of("..", "..", "functions", function, "target", "chatgate-" + function + ".zip");

    long bytes = Files.size(zip);
    assertTrue(bytes <= maxBytes, () -> zip + " has " + bytes + " bytes");
  }
}
