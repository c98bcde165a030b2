package dev.chatgate.bench;

import dev.chatgate.bench.crash.CrashTest;
import dev.chatgate.bench.figures.Compare;
import dev.chatgate.bench.figures.Figures;
import dev.chatgate.bench.figures.MemorySizes;
import dev.chatgate.bench.figures.WarmUpRounds;
import dev.chatgate.bench.ledger.Throughput;
import dev.chatgate.bench.report.Measurement;
import dev.chatgate.bench.report.NotHereException;
import dev.chatgate.bench.report.RunEnvironment;
import dev.chatgate.bench.report.RunLog;
import dev.chatgate.local.ParentWatch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program that {@code mvn -Pbench} runs. It runs one measurement, prints its result as
 * Markdown, and writes it to {@code infra/bench/results}. The system property {@code chatgate.root}
 * names the folder with the template.
 */
public final class Bench {
  private static final int FAILED = 1;

  /** The name that the build passes where none is given. */
  private static final String HELP = "help";

  private static final Map<String, Measurement> MEASUREMENTS =
      new TreeMap<>(
          Map.of(
              "figures", new Figures(),
              "throughput", new Throughput(),
              "crash-test", new CrashTest(),
              "compare", new Compare(),
              "memory-sizes", new MemorySizes(),
              "warm-up", new WarmUpRounds()));

  // A strong reference: java.util.logging holds loggers weakly.
  private static final Logger SQLITE = Logger.getLogger("com.almworks.sqlite4java");

  private Bench() {}

  /**
   * With the name {@code help}, prints the names and exits with 0. Exits with 1 if the name is
   * unknown or a promised value was not reached.
   */
  public static void main(String[] args) throws Exception {
    // DynamoDB Local would log to standard error.
    SQLITE.setLevel(Level.OFF);
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    ParentWatch.start(() -> Runtime.getRuntime().halt(FAILED));
    var name = args.length == 1 ? args[0] : "";
    var measurement = Optional.ofNullable(MEASUREMENTS.get(name));
    boolean held;
    if (measurement.isPresent()) {
      held = run(name, measurement.get());
    } else {
      held = name.equals(HELP);
      explain(held ? System.out : System.err);
    }
    Runtime.getRuntime().exit(held ? 0 : FAILED);
  }

  private static boolean run(String name, Measurement measurement) throws Exception {
    var root = Path.of(System.getProperty("chatgate.root", ".")).toAbsolutePath().normalize();
    var started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var environment = RunEnvironment.of(root);
    try (var log = new RunLog(root, name)) {
      var result = measurement.run(root, log);
      var page = result.page(name, started, environment);
      System.out.print(page);
      keep(root, name, page);
      Files.writeString(root.resolve("infra/bench/target/" + name + "-raw.txt"), result.raw());
      return result.held();
    } catch (NotHereException e) {
      System.err.println(e.getMessage());
      return false;
    }
  }

  private static void keep(Path root, String name, String page) throws IOException {
    var results = Files.createDirectories(root.resolve(Path.of("infra", "bench", "results")));
    Files.writeString(results.resolve(name + ".md"), page);
  }

  private static void explain(PrintStream out) {
    out.println("Name a measurement: mvn -q -Pbench -Dbench=NAME, where NAME is one of");
    MEASUREMENTS.forEach(
        (name, measurement) -> out.println("  " + name + ": " + measurement.what()));
  }
}
