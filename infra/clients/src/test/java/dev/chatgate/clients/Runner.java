package dev.chatgate.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Runs a library's runner and reads its output. */
final class Runner {
  /** Maximum time for all cases of a library. */
  private static final int MAX_SECONDS = 150;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final Function<Library, Map<String, String>> environment;

  /**
   * @param root the root of the checkout
   * @param environment the environment variables of a library's runner
   */
  Runner(Path root, Function<Library, Map<String, String>> environment) {
    this.root = root;
    this.environment = environment;
  }

  /**
   * Runs the runner and returns the reported cases.
   *
   * @throws AssertionError if it failed
   */
  Map<String, Cell> run(Library library) {
    Path target = root.resolve("infra/clients/target");
    Path output = target.resolve(library.id() + ".jsonl");
    Path errors = target.resolve(library.id() + ".txt");
    try {
      int status = status(library, output, errors);
      if (status != 0) {
        throw new AssertionError(
            "%s ended with %d: %s%s"
                .formatted(
                    library.title(), status, Files.readString(output), Files.readString(errors)));
      }
      return cells(output);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(library.title(), e);
    }
  }

  private int status(Library library, Path output, Path errors)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(library.command())
            .directory(root.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment.apply(library));
    var process = builder.start();
    process.getOutputStream().close();
    try {
      return process.waitFor(MAX_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static Map<String, Cell> cells(Path output) throws IOException {
    var cells = new LinkedHashMap<String, Cell>();
    for (String line : Files.readAllLines(output)) {
      if (!line.isBlank()) {
        JsonNode cell = parse(line);
        cells.put(
            cell.path("case").asText(),
            new Cell(
                cell.path("ok").asBoolean(),
                cell.path("cell").asText(),
                cell.path("detail").asText()));
      }
    }
    return cells;
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not a line of JSON: " + line, e);
    }
  }
}
