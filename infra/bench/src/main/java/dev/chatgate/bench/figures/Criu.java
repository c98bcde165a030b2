package dev.chatgate.bench.figures;

import dev.chatgate.bench.report.NotHereException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** <a href="https://criu.org">CRIU</a>, as found on the PATH, with the image of one process. */
final class Criu {
  private static final String RESTORE = "restore";
  private static final int TIMEOUT_SECONDS = 60;
  private static final int LINES_OF_LOG = 5;

  private final Path program;
  private final Path images;
  private final Optional<ControlGroup> group;

  private Criu(Path program, Path images, Optional<ControlGroup> group) {
    this.program = program;
    this.images = images;
    this.group = group;
  }

  /**
   * @param images a folder, which is created if missing
   * @param group where processes are restored, if they are in one
   * @throws NotHereException if there is no {@code criu}
   */
  static Criu onPath(Path images, Optional<ControlGroup> group)
      throws NotHereException, IOException {
    var folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
    var program =
        Arrays.stream(folders)
            .map(folder -> Path.of(folder, "criu"))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() ->
                new NotHereException(
                    "There is no criu on the PATH, so no process can be restored here: install CRIU, 4.2 or newer, and run this as root."));
    return new Criu(program, Files.createDirectories(images), group);
  }

  /** The output of {@code criu --version}. */
  String version() throws IOException, InterruptedException {
    var process = new ProcessBuilder(program.toString(), "--version").start();
    try (var lines = process.inputReader()) {
      return lines.lines().collect(Collectors.joining(", "));
    } finally {
      process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
  }

  /**
   * Saves a process and ends it.
   *
   * @throws NotHereException if CRIU cannot save it
   */
  void dump(long pid) throws NotHereException, IOException, InterruptedException {
    var process = start("dump", "--tree", Long.toString(pid));
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw refused("dump");
    }
  }

  /**
   * Starts to restore the process with its previous process id. The returned process ends when the
   * restored one does.
   */
  Process restore() throws IOException {
    return start(RESTORE);
  }

  /** Describes a failed step. */
  NotHereException refused(String step) throws IOException {
    var log = images.resolve(step + ".log");
    var lines = Files.exists(log) ? Files.readAllLines(log) : List.of("there is no log");
    var last = lines.stream().filter(line -> line.contains("Error")).toList();
    return new NotHereException(
        "criu %s does not work on this machine: %s"
            .formatted(
                step,
                String.join(
                    "; ", last.subList(Math.max(0, last.size() - LINES_OF_LOG), last.size()))));
  }

  /** Bytes of the images. */
  long bytes() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(images)) {
      for (var file : (Iterable<Path>) files::iterator) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private Process start(String step, String... options) throws IOException {
    var command = new ArrayList<String>();
    command.addAll(List.of(program.toString(), step));
    command.addAll(List.of(options));
    command.addAll(List.of("--images-dir", images.toString(), "--log-file", step + ".log"));
    if (group.isPresent()) {
      // A restored process is in the groups of the one that restores it.
      command.add("--manage-cgroups=ignore");
    }
    boolean isLimited = group.isPresent() && step.equals(RESTORE);
    return new ProcessBuilder(isLimited ? group.get().command(command) : command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
