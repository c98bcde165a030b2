package dev.chatgate.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The environment of a measurement, as far as it is needed to judge the numbers. It does not
 * identify the machine.
 *
 * @param commit short hash, and whether there were uncommitted changes
 * @param cores number of cores that the process may use
 * @param memory total memory in GiB
 * @param processor the model's name
 * @param jdk version and vendor
 * @param loadBefore the system's load average of the last minute before the start; negative if
 *     unknown
 */
public record RunEnvironment(
    String commit, int cores, double memory, String processor, String jdk, double loadBefore) {
  private static final String UNKNOWN = "unknown";
  private static final double KIB_IN_GIB = 1 << 20;

  /**
   * Reads the environment.
   *
   * @param root the repository's folder
   */
  public static RunEnvironment of(Path root) {
    return new RunEnvironment(
        commit(root),
        Runtime.getRuntime().availableProcessors(),
        kibibytes(field(Path.of("/proc/meminfo"), "MemTotal", "0 kB")) / KIB_IN_GIB,
        field(Path.of("/proc/cpuinfo"), "model name", UNKNOWN),
        Runtime.version() + ", " + System.getProperty("java.vendor"),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  /** Formats it as two lines of a list. */
  String markdown() {
    return String.format(
        Locale.ROOT,
        """
        - Commit: %s
        - Machine: %d cores (%s), %.1f GiB, %s; JDK %s; load average before the start %.1f
        """,
        commit,
        cores,
        processor,
        memory,
        System.getProperty("os.name"),
        jdk,
        loadBefore);
  }

  private static long kibibytes(String text) {
    return Long.parseLong(text.replaceAll("\\D", ""));
  }

  /**
   * The short hash of a checkout's commit, and whether there are uncommitted changes.
   *
   * @param root the checkout's folder
   */
  public static String commit(Path root) {
    var hash = git(root, "rev-parse", "--short=10", "HEAD");
    var changes = git(root, "status", "--porcelain", "--", ".", ":!infra/bench/results");
    return hash.isBlank() ? UNKNOWN : hash + (changes.isBlank() ? "" : ", with local changes");
  }

  private static String git(Path root, String... arguments) {
    var command = Stream.concat(Stream.of("git"), Stream.of(arguments)).toList();
    var builder = new ProcessBuilder(command).directory(root.toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try (var out = builder.start().getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      // No git, or no repository: the sources may have come as an archive.
      return "";
    }
  }

  private static String field(Path file, String name, String otherwise) {
    if (!Files.isReadable(file)) {
      return otherwise;
    }
    try {
      return field(Files.readAllLines(file), name, otherwise);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of the first line {@code name : value}. */
  static String field(List<String> lines, String name, String otherwise) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(otherwise);
  }
}
