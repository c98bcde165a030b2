package dev.chatgate.bench.figures;

import dev.chatgate.bench.Distribution;
import dev.chatgate.bench.Markdown;
import dev.chatgate.bench.Measurement;
import dev.chatgate.bench.Result;
import dev.chatgate.bench.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/**
 * Where the time of a start goes, by phase and by library, from the process's start until it asks
 * for its first invocation; and which libraries give no class to a start and first calls.
 */
public final class Startup implements Measurement {
  private static final int STARTS = 5;
  private static final int SAMPLED_STARTS = 4;
  private static final double NANOS_IN_MILLI = 1e6;
  private static final double KILOBYTE = 1e3;
  private static final Path WORK = Path.of("infra", "bench", "target", "lambda");
  private static final Path PACKAGE =
      Path.of("functions", "chat", "target", "chatgate-gateway.zip");

  /** As Lambda starts it where there is no snapshot. */
  private static final String ON_DEMAND = "-XX:TieredStopAtLevel=1";

  private static final Map<Door, String> MAIN =
      Map.of(
          Door.STREAM, "dev.chatgate.streaming.Main",
          Door.API, "com.amazonaws.services.lambda.runtime.api.client.AWSLambda");

  /** How a start went: by door. */
  private record Start(
      double totalMillis, StartLog log, Map<String, Double> byPhase, Map<String, Double> byJar) {}

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var starts = new TreeMap<Door, Start>();
    var work = Files.createDirectories(root.resolve(WORK));
    try (var backends = new Backends()) {
      for (var door : Door.values()) {
        log.say(door + ": starts");
        starts.put(door, start(root, work, door, backends));
      }
    }
    return new Result(true, page(root, starts), raw(starts));
  }

  private static Start start(Path root, Path work, Door door, Backends backends) throws Exception {
    double total = total(root, door, backends);
    var log = classes(root, work, door, backends);
    var samples = new ArrayList<String[]>();
    var agent = agent(work);
    for (int i = 0; i < SAMPLED_STARTS; i++) {
      samples.addAll(sampled(root, work, door, backends, agent));
    }
    long looks = samples.stream().filter(Startup::isOfMain).count();
    double each = (total - log.mainMillis()) / Math.max(1, looks);
    var byPhase = new TreeMap<String, Double>();
    byPhase.put("JVM until main", (double) log.mainMillis());
    var byJar = new TreeMap<String, Double>();
    for (var sample : samples) {
      var phase = StartPhase.of(sample);
      if (isOfMain(sample)) {
        byPhase.merge(phase, each, Double::sum);
      }
      if (!StartPhase.WAITING.contains(phase)) {
        byJar.merge(jar(log, sample), each, Double::sum);
      }
    }
    return new Start(total, log, byPhase, byJar);
  }

  /** A look at the main thread, and not at one beside it. */
  private static boolean isOfMain(String[] sample) {
    return sample[1].equals("main");
  }

  private static double total(Path root, Door door, Backends backends) throws Exception {
    var millis = new ArrayList<Long>();
    for (int i = 0; i < STARTS; i++) {
      try (var function = started(root, door, backends, ON_DEMAND)) {
        millis.add(function.api().readyAt() - function.startedAt());
      }
    }
    return new Distribution(millis).median() / NANOS_IN_MILLI;
  }

  private static FunctionProcess started(Path root, Door door, Backends backends, String options)
      throws IOException {
    return FunctionProcess.start(root, door, backends, Map.of("JAVA_TOOL_OPTIONS", options));
  }

  private static StartLog classes(Path root, Path work, Door door, Backends backends)
      throws Exception {
    var file = Files.createTempFile(work, "classes", ".log");
    var options = ON_DEMAND + " -Xlog:class+load:file=" + file + ":uptimemillis:filesize=0";
    try (var function = started(root, door, backends, options)) {
      function.api().readyAt();
      int ready = Files.readAllLines(file).size();
      for (var model : List.of(Backends.PLAIN_MODEL, "stream-20-0")) {
        function.api().call(door.event(Backends.request(model)));
      }
      function.api().awaitAsking();
      return new StartLog(Files.readAllLines(file), MAIN.getOrDefault(door, ""), ready);
    } finally {
      Files.delete(file);
    }
  }

  private static List<String[]> sampled(
      Path root, Path work, Door door, Backends backends, Path agent) throws Exception {
    var file = Files.createTempFile(work, "samples", ".txt");
    Files.delete(file);
    var options = ON_DEMAND + " -javaagent:" + agent + "=" + file;
    try (var function = started(root, door, backends, options)) {
      // One clock counts for every process of a Linux machine.
      long ready = function.api().readyAt();
      for (int i = 0; i < 100 && !Files.exists(file); i++) {
        Thread.sleep(100);
      }
      return Files.readAllLines(file).stream()
          .map(line -> line.split(" ", -1))
          .filter(line -> Long.parseLong(line[0]) <= ready)
          .toList();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** The innermost frame that is no class of the JDK says whose time it is. */
  private static String jar(StartLog log, String[] frames) {
    for (int i = 2; i < frames.length; i++) {
      var jar = log.jarOf(frames[i]);
      if (jar.isPresent()) {
        return jar.get();
      }
    }
    return "the JDK alone";
  }

  private static Path agent(Path work) throws IOException {
    var manifest = new Manifest();
    var attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", StartSampler.class.getName());
    var jar = work.resolve("start-sampler.jar");
    var name = StartSampler.class.getName().replace('.', '/') + ".class";
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        var in = StartSampler.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IOException("no " + name);
      }
      out.putNextEntry(new JarEntry(name));
      in.transferTo(out);
    }
    return jar;
  }

  private static String page(Path root, Map<Door, Start> starts) throws IOException {
    var sizes = sizes(root.resolve(PACKAGE));
    return """
    Process start until the first invocation is asked for, without a snapshot and with C1 alone, as \
    Lambda starts it then. The whole: median of %d starts. Its parts: the main thread's stack, \
    looked at every millisecond in %d further starts, shares of the whole; the JVM until main: the \
    log of loaded classes. A look counts for the innermost frame that is no class of the JDK, so \
    the loading of a class counts for who needed it first. Both say where time goes to some \
    milliseconds; what is below 5 ms is noise. The threads that fetch ahead are not looked at.

    %s
    By library: bytes in the package, classes loaded until ready (and after a first plain call and \
    stream), and its own time, on the main thread and on the one that makes the AWS clients beside \
    it: so together more than the whole.

    %s
    Libraries that gave no class to a start and first calls, at either door: %s.
    """
        .formatted(
            STARTS, SAMPLED_STARTS, phases(starts), libraries(starts, sizes), idle(starts, sizes));
  }

  private static String phases(Map<Door, Start> starts) {
    var rows = new ArrayList<List<String>>();
    for (var phase : StartPhase.NAMES) {
      rows.add(row(phase, starts, start -> number(start.byPhase().getOrDefault(phase, 0.0))));
    }
    rows.add(row("**ready**", starts, start -> number(start.totalMillis())));
    return Markdown.table(List.of("phase", "stream, ms", "api, ms"), rows);
  }

  private static String libraries(Map<Door, Start> starts, Map<String, Long> sizes) {
    var jars = new TreeMap<String, List<String>>();
    for (var jar : sizes.keySet()) {
      jars.computeIfAbsent(Library.of(jar), _ -> new ArrayList<>()).add(jar);
    }
    var rows = new ArrayList<List<String>>();
    jars.forEach((library, members) -> {
      long bytes = members.stream().mapToLong(jar -> sizes.getOrDefault(jar, 0L)).sum();
      var row =
          new ArrayList<>(List.of(library, String.format(Locale.ROOT, "%.0f", bytes / KILOBYTE)));
      for (var start : starts.values()) {
        row.add(
            "%d (%d)"
                .formatted(
                    members.stream().mapToInt(start.log()::untilReady).sum(),
                    members.stream().mapToInt(start.log()::inAll).sum()));
        row.add(
            number(
                members.stream().mapToDouble(jar -> start.byJar().getOrDefault(jar, 0.0)).sum()));
      }
      rows.add(row);
    });
    return Markdown.table(
        List.of("library", "kB", "stream, classes", "stream, ms", "api, classes", "api, ms"), rows);
  }

  private static String idle(Map<Door, Start> starts, Map<String, Long> sizes) {
    return String.join(
        ", ",
        sizes.keySet().stream()
            .filter(jar -> starts.values().stream().allMatch(start -> start.log().inAll(jar) == 0))
            .toList());
  }

  private static List<String> row(
      String name, Map<Door, Start> starts, Function<Start, String> cell) {
    var row = new ArrayList<>(List.of(name));
    starts.values().forEach(start -> row.add(cell.apply(start)));
    return row;
  }

  /** Compressed, as the package is. */
  private static Map<String, Long> sizes(Path file) throws IOException {
    var sizes = new TreeMap<String, Long>();
    try (var zip = new ZipFile(file.toFile())) {
      zip.stream()
          .filter(entry -> entry.getName().endsWith(".jar"))
          .forEach(entry ->
              sizes.put(
                  Path.of(entry.getName()).getFileName().toString(), entry.getCompressedSize()));
    }
    return sizes;
  }

  private static String raw(Map<Door, Start> starts) {
    var raw = new StringBuilder();
    starts.forEach((door, start) -> {
      var jars = new HashMap<>(start.byJar());
      new TreeMap<>(jars)
          .forEach((jar, millis) ->
              raw.append(
                  "%s %s: %s ms, %d classes until ready, %d in all%n"
                      .formatted(
                          door,
                          jar,
                          number(millis),
                          start.log().untilReady(jar),
                          start.log().inAll(jar))));
    });
    return raw.toString();
  }

  private static String number(double millis) {
    return String.format(Locale.ROOT, "%.0f", millis);
  }

  @Override
  public String toString() {
    return "where the time of a start goes, by phase and by library";
  }
}
