package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The third-party programs that {@code .ci/tools} has installed. */
final class ExternalTools {
  private static final long MAX_SECONDS = 300;

  private ExternalTools() {}

  /**
   * Returns a file in the tools' folder. If it is missing, the test fails with the command to run.
   */
  static Path find(String path) {
    var found = folder().resolve(path);
    assertTrue(Files.exists(found), found + " is missing: run .ci/tools");
    return found;
  }

  /** Returns a program of the system. If it is missing, the test fails with the command to run. */
  static Path onPath(String name) {
    return variable("PATH").stream()
        .flatMap(path -> Arrays.stream(path.split(File.pathSeparator)))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is missing: run .ci/tools"));
  }

  /** An environment in which scripts for Node find the libraries of {@code infra/checks/npm}. */
  static Map<String, String> nodePath() {
    return Map.of("NODE_PATH", find("npm/node_modules").toString());
  }

  private static Path folder() {
    return variable("CHATGATE_TOOLS")
        .map(Path::of)
        .orElseGet(() ->
            variable("XDG_CACHE_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("chatgate/tools"));
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  /**
   * Runs a program in the root of the checkout; the test fails if the program fails or takes more
   * than 300 s.
   *
   * @return its standard output and standard error
   */
  static String run(Map<String, String> environment, Object... command)
      throws IOException, InterruptedException {
    var words = Arrays.stream(command).map(Object::toString).toList();
    var output = Files.createTempFile(Repository.TARGET, "output", ".txt");
    var builder = builder(environment, words).redirectErrorStream(true);
    int status = exitStatus(builder.redirectOutput(output.toFile()), "");
    var text = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, status, () -> String.join(" ", words) + "\n" + text);
    return text;
  }

  /**
   * Runs a program with standard input.
   *
   * @param input its standard input
   * @return its standard output
   */
  static String answer(Map<String, String> environment, String input, Object... command)
      throws IOException, InterruptedException {
    var words = Arrays.stream(command).map(Object::toString).toList();
    var output = Files.createTempFile(Repository.TARGET, "output", ".txt");
    var errors = Files.createTempFile(Repository.TARGET, "errors", ".txt");
    var builder = builder(environment, words).redirectError(errors.toFile());
    int status = exitStatus(builder.redirectOutput(output.toFile()), input);
    var complaint = Files.readString(errors, StandardCharsets.UTF_8);
    assertEquals(0, status, () -> String.join(" ", words) + "\n" + complaint);
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  private static ProcessBuilder builder(Map<String, String> environment, List<String> words) {
    var builder = new ProcessBuilder(words).directory(Repository.ROOT.toFile());
    builder.environment().putAll(environment);
    return builder;
  }

  private static int exitStatus(ProcessBuilder builder, String input)
      throws IOException, InterruptedException {
    var process = builder.start();
    try {
      try (var to = process.getOutputStream()) {
        to.write(input.getBytes(StandardCharsets.UTF_8));
      }
      assertTrue(
          process.waitFor(MAX_SECONDS, TimeUnit.SECONDS), () -> builder.command() + " did not end");
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
