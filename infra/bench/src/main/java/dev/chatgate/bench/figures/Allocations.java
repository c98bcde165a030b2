package dev.chatgate.bench.figures;

import dev.chatgate.bench.Markdown;
import dev.chatgate.bench.Measurement;
import dev.chatgate.bench.Result;
import dev.chatgate.bench.RunLog;
import dev.chatgate.local.lambda.Launch;
import dev.chatgate.local.lambda.ManagedRuntime;
import dev.chatgate.local.lambda.Packages;
import dev.chatgate.local.template.SamTemplate;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
import org.openjdk.jmh.runner.Runner;

/**
 * Bytes that a plain call and an event of a stream allocate, by JMH, in the package's own class
 * path and with the provider and the store in another process.
 */
public final class Allocations implements Measurement {
  private static final Path WORK = Path.of("infra", "bench", "target", "lambda");
  private static final String PLAIN = "0";
  private static final String SHORT = "100";
  private static final String LONG = "1100";

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var work = Files.createDirectories(root.resolve(WORK));
    var events = Files.createDirectories(work.resolve("events"));
    for (var number : List.of(PLAIN, SHORT, LONG)) {
      var model = number.equals(PLAIN) ? Backends.PLAIN_MODEL : "stream-" + number + "-0";
      Files.write(events.resolve(number), Door.STREAM.event(Backends.request(model)));
    }
    var file = Files.createTempFile(work, "allocations", ".txt");
    try (var backends = new Backends()) {
      measure(launch(root, backends, work), events, file, log);
    }
    var bytes = read(file);
    var raw = Files.readString(file);
    Files.delete(file);
    return new Result(true, summary(bytes), "events, bytes, error (99.9 %)\n" + raw);
  }

  private static Launch launch(Path root, Backends backends, Path work) {
    var function =
        SamTemplate.read(root.resolve("template.yaml"), Map.of())
            .function(Door.STREAM.logicalId())
            .orElseThrow(() -> new IllegalStateException("the template has no such function"))
            .with(Map.of("UPSTREAM_BASE_URL", backends.url() + "/v1"));
    var java = Path.of(System.getProperty("java.home"));
    // Nobody asks for invocations: the benchmark makes the calls.
    return new ManagedRuntime(java, backends.url(), work)
        .launch(function, new Packages(work).unpacked(function.codeUri()), "127.0.0.1:9");
  }

  private static void measure(Launch function, Path events, Path file, RunLog log)
      throws Exception {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-classpath",
            classPath(function),
            CallBenchmarkRun.class.getName(),
            file.toString(),
            PLAIN,
            SHORT,
            LONG);
    var builder = new ProcessBuilder(command).directory(function.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(function.environment());
    builder.environment().put(CallBenchmark.EVENTS, events.toString());
    var process = builder.redirectErrorStream(true).start();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(log::function);
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("JMH failed; infra/bench/target/allocations.log says why");
    }
  }

  /** The function's own, with the package's libraries as they are; then the benchmark and JMH. */
  private static String classPath(Launch function) throws IOException, URISyntaxException {
    var paths = new ArrayList<String>();
    paths.add(function.command().get(function.command().indexOf("-classpath") + 1));
    try (Stream<Path> libraries = Files.list(function.folder().resolve("lib"))) {
      libraries.map(Path::toString).sorted().forEach(paths::add);
    }
    for (var type :
        List.of(
            CallBenchmark.class, Runner.class, joptsimple.OptionParser.class, StatUtils.class)) {
      var source = type.getProtectionDomain().getCodeSource().getLocation();
      paths.add(Path.of(source.toURI()).toString());
    }
    return paths.stream().collect(Collectors.joining(File.pathSeparator));
  }

  private static Map<String, Double> read(Path file) throws IOException {
    var bytes = new HashMap<String, Double>();
    for (var line : Files.readAllLines(file)) {
      var fields = line.split(" ", -1);
      bytes.put(fields[0], Double.parseDouble(fields[1]));
    }
    return bytes;
  }

  private static String summary(Map<String, Double> bytes) {
    double event =
        (bytes.getOrDefault(LONG, Double.NaN) - bytes.getOrDefault(SHORT, Double.NaN))
            / (Integer.parseInt(LONG) - Integer.parseInt(SHORT));
    return """
    Bytes that one call allocates, on all threads of the function's process, compiled by C2: JMH's \
    `gc.alloc.rate.norm`. The whole application behind the streaming entry; the runtime's own share \
    is counted by a test of `functions/streaming`. An event's bytes are the slope between two \
    lengths, so that the call's own drop out; each event of the provider is one chunk of the wire.

    %s
    `AllocationTest` of `functions/gateway` holds both doors, uncompiled and on the calling thread, to \
    its recorded numbers and a fifth.
    """
        .formatted(
            Markdown.table(
                List.of("what", "bytes"),
                List.of(
                    List.of("a plain call", number(bytes.getOrDefault(PLAIN, Double.NaN))),
                    List.of(
                        "a stream of 100 events", number(bytes.getOrDefault(SHORT, Double.NaN))),
                    List.of(
                        "a stream of 1,100 events", number(bytes.getOrDefault(LONG, Double.NaN))),
                    List.of("**an event**", number(event)))));
  }

  private static String number(double bytes) {
    return String.format(Locale.ROOT, "%,.0f", bytes);
  }

  @Override
  public String toString() {
    return "bytes allocated by a plain call and by an event of a stream, by JMH";
  }
}
