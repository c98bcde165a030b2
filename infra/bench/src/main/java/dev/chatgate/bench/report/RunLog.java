package dev.chatgate.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints progress on standard error, and writes the functions' output to a file under {@code
 * infra/bench/target}.
 */
public final class RunLog implements AutoCloseable {
  private final PrintWriter functions;

  public RunLog(Path root, String name) throws IOException {
    var folder = Files.createDirectories(root.resolve(Path.of("infra", "bench", "target")));
    var file = folder.resolve(name + ".log");
    functions = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), true);
  }

  /** Prints a line of progress. */
  public void say(String line) {
    System.err.println(line);
  }

  /** Writes a line of a function's output. */
  public void function(String line) {
    functions.println(line);
  }

  @Override
  public void close() {
    functions.close();
  }
}
