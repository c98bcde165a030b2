package dev.chatgate.bench.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs {@link CallBenchmark}, each length of an answer in a process of its own: the program in the
 * middle, which has the environment of a function and the class path of its package.
 */
final class CallBenchmarkRun {
  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final int ITERATIONS = 4;

  private CallBenchmarkRun() {}

  /**
   * Writes a line of events, bytes and their error for each length.
   *
   * @param arguments a file for the result, then the numbers of events
   */
  public static void main(String[] arguments) throws RunnerException, IOException {
    var events = Arrays.copyOfRange(arguments, 1, arguments.length);
    var options =
        new OptionsBuilder()
            .include(CallBenchmark.class.getName())
            .param("events", events)
            .forks(1)
            .jvmArgs("-XX:+UseSerialGC", "-Xmx512m")
            .warmupIterations(ITERATIONS)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(ITERATIONS)
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .build();
    var lines = new ArrayList<String>();
    for (var result : new Runner(options).run()) {
      lines.add(line(result));
    }
    Files.write(Path.of(arguments[0]), lines);
  }

  private static String line(RunResult result) {
    var allocated = result.getSecondaryResults().get(ALLOCATED);
    if (allocated == null) {
      throw new IllegalStateException("no " + ALLOCATED + " in " + result.getSecondaryResults());
    }
    return "%s %.0f %.0f"
        .formatted(
            result.getParams().getParam("events"), allocated.getScore(), allocated.getScoreError());
  }
}
