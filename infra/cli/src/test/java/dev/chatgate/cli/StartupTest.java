package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line as a separate process. The cost of a start is measured in loaded classes,
 * because times vary with the machine.
 */
class StartupTest {
  /** Upper bound for {@code --help}, JDK classes included. */
  private static final int MAX_CLASSES = 1_900;

  @TempDir private Path folder = Path.of("");

  private String run(int exitCode, String... line) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + folder.resolve("classes"),
                "-cp",
                System.getProperty("java.class.path"),
                Chatgate.class.getName()));
    command.addAll(List.of(line));
    var process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(exitCode, process.waitFor());
    return out;
  }

  @Test
  void helpLoadsFewClassesAndNoneOfTheSdk() throws Exception {
    assertTrue(run(0, "--help").contains("tenant"));
    var loaded = Files.readAllLines(folder.resolve("classes"));
    assertTrue(loaded.size() <= MAX_CLASSES, loaded.size() + " classes");
    assertEquals(
        List.of(),
        loaded.stream().filter(line -> line.contains("software.amazon.awssdk")).toList());
  }

  @Test
  void outputIsFlushed() throws Exception {
    assertTrue(run(0, "completion").contains("complete -F _complete_chatgate"));
    assertEquals("", run(2, "tenant", "list"));
  }
}
