package dev.chatgate.bench.figures;

import dev.chatgate.local.lambda.Launch;
import dev.chatgate.local.lambda.ManagedRuntime;
import dev.chatgate.local.lambda.Packages;
import dev.chatgate.local.template.FunctionDefinition;
import dev.chatgate.local.template.SamTemplate;
import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/** A packaged function in a separate process, started as on Lambda, with a fake Runtime API. */
final class MeasuredFunction implements AutoCloseable {
  private static final int FIELDS_BEFORE_USER_TIME = 11;
  private static final double TICKS_A_MILLI = 0.1;
  private static final List<String> BACKGROUND_THREADS =
      List.of("C1 Compiler", "C2 Compiler", "Native Heap");
  private static final String TRACE =
      "Lambda-Runtime-Trace-Id: Root=1-00000000-000000000000000000000000;Sampled=0";
  private static final Path WORK = Path.of("infra", "bench", "target", "lambda");

  /** The environment variables in which Lambda tells a function how it is run. */
  private static final String INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE";

  private static final String CONCURRENCY = "AWS_LAMBDA_MAX_CONCURRENCY";
  private static final String JAVA_OPTIONS = "JAVA_TOOL_OPTIONS";

  /** With a snapshot: the process warms up before it calls restore/next. */
  static final Map<String, String> SNAPSHOT = Map.of(INITIALIZATION, "snap-start");

  /** With a snapshot and less warm-up, for measurements without times. */
  static final Map<String, String> SOON_RESTORED = with(SNAPSHOT, "-Dchatgate.warmup.rounds=200");

  /** Without a snapshot; Lambda's Java then uses only the C1 compiler. */
  static final Map<String, String> ON_DEMAND = Map.of(JAVA_OPTIONS, "-XX:TieredStopAtLevel=1");

  private static final Pattern ALLOCATED = Pattern.compile("allocated=(\\d+)([BKMG])");

  private final RuntimeApiServer api;
  private final Process process;
  private final Path output;
  private final long startedAt;

  private MeasuredFunction(RuntimeApiServer api, Process process, Path output, long startedAt) {
    this.api = api;
    this.process = process;
    this.output = output;
    this.startedAt = startedAt;
  }

  /**
   * Starts a function.
   *
   * @param root the folder with the template and the packages
   * @param door the door of the function
   * @param backends the services that it calls
   * @param variables in addition to the template's
   */
  static MeasuredFunction start(
      Path root, MeasuredDoor door, FakeBackends backends, Map<String, String> variables)
      throws IOException {
    return start(root, door, backends, variables, Optional.empty());
  }

  /**
   * Starts a function.
   *
   * @param group gives it its memory, and limits it; without one, it has the template's memory and
   *     is not limited
   */
  static MeasuredFunction start(
      Path root,
      MeasuredDoor door,
      FakeBackends backends,
      Map<String, String> variables,
      Optional<ControlGroup> group)
      throws IOException {
    var api =
        new RuntimeApiServer(
            Integer.parseInt(variables.getOrDefault(CONCURRENCY, "1")),
            "snap-start".equals(variables.get(INITIALIZATION)));
    var launch = launch(root, door, backends, variables, api.address(), group);
    var output = Files.createTempFile(root.resolve(WORK), door.name(), ".log");
    var command = group.map(limits -> limits.command(launch.command())).orElse(launch.command());
    var builder = new ProcessBuilder(command).directory(launch.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    long startedAt = System.nanoTime();
    return new MeasuredFunction(api, builder.start(), output, startedAt);
  }

  /** Adds a JVM option to the variables. */
  static Map<String, String> with(Map<String, String> variables, String option) {
    var all = new HashMap<>(variables);
    all.merge(JAVA_OPTIONS, option, (known, more) -> known + " " + more);
    return all;
  }

  /** Command and environment as on Lambda, with the Runtime API at an address. */
  static Launch launch(
      Path root,
      MeasuredDoor door,
      FakeBackends backends,
      Map<String, String> variables,
      String runtimeApi,
      Optional<ControlGroup> group)
      throws IOException {
    var function = definition(root, door, backends, variables, group);
    var work = Files.createDirectories(root.resolve(WORK));
    var runtime =
        new ManagedRuntime(Path.of(System.getProperty("java.home")), backends.url(), work);
    return runtime.launch(function, new Packages(work).unpacked(function.codeUri()), runtimeApi);
  }

  private static FunctionDefinition definition(
      Path root,
      MeasuredDoor door,
      FakeBackends backends,
      Map<String, String> variables,
      Optional<ControlGroup> group) {
    var all = new HashMap<>(variables);
    all.put("UPSTREAM_BASE_URL", backends.url() + "/v1");
    var parameters =
        group
            .map(limits -> Map.of("MemorySize", Integer.toString(limits.megabytes())))
            .orElse(Map.of());
    var function =
        SamTemplate.read(root.resolve("template.yaml"), parameters)
            .function(door.logicalId())
            .orElseThrow(
                () -> new IllegalStateException("the template has no " + door.logicalId()));
    // Options are added to the template's, of which the last one of its kind is valid.
    all.computeIfPresent(
        JAVA_OPTIONS,
        (_, more) -> function.environment().getOrDefault(JAVA_OPTIONS, "") + " " + more);
    return function.with(all);
  }

  /** The function's Runtime API. */
  RuntimeApiServer api() {
    return api;
  }

  /** Answers restore/next and waits until the process calls next. */
  void restore() throws InterruptedException {
    api.awaitRestoreNext();
    api.restore();
    api.awaitIdle();
  }

  /** Sends a call to the function. */
  Call begin(String model) {
    return beginRequest(FakeBackends.request(model));
  }

  /** Sends a call with this body to the function. */
  Call beginRequest(String body) {
    return api.invoke(FakeBackends.event(body), TRACE);
  }

  /** What the process has printed. */
  String printed() throws IOException {
    return Files.readString(output);
  }

  /** Whether the process is running. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends a call and waits for the complete answer, which must be a 200. */
  CallAnswer call(String model) throws InterruptedException {
    return answer(begin(model));
  }

  /** Waits for the complete answer of a call, which must be a 200. */
  static CallAnswer answer(Call call) throws InterruptedException {
    var response = call.response();
    var beginning = new String(response.chunks().getFirst().bytes(), StandardCharsets.UTF_8);
    if (!beginning.contains("\"statusCode\":200")) {
      throw new IllegalStateException("a call was not answered with 200: " + beginning);
    }
    return CallAnswer.of(response);
  }

  /** When the process was started. */
  long startedAt() {
    return startedAt;
  }

  /** User and system time of all threads so far, in ms. */
  double cpuMillis() throws IOException {
    var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks =
        Long.parseLong(fields[FIELDS_BEFORE_USER_TIME])
            + Long.parseLong(fields[FIELDS_BEFORE_USER_TIME + 1]);
    return ticks / TICKS_A_MILLI;
  }

  /**
   * Time of its threads on a processor so far, in ns, without the compiler's threads and the one
   * that trims the native heap, which run in the background.
   */
  long onProcessorNanos() throws IOException {
    return ofThreads(MeasuredFunction::nanosOf);
  }

  private static long nanosOf(Path thread) {
    try {
      var name = Files.readString(thread.resolve("comm"));
      return BACKGROUND_THREADS.stream().anyMatch(name::startsWith)
          ? 0
          : Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
    } catch (IOException e) {
      return 0; // The thread has ended meanwhile.
    }
  }

  private long ofThreads(ToLongFunction<Path> each) throws IOException {
    try (var threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      return threads.mapToLong(each).sum();
    }
  }

  /** Number of voluntary and involuntary context switches of its live threads. */
  long switches() throws IOException {
    return ofThreads(MeasuredFunction::switchesOf);
  }

  private static long switchesOf(Path thread) {
    try (var lines = Files.lines(thread.resolve("status"))) {
      return lines
          .filter(line -> line.contains("voluntary_ctxt_switches:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException | UncheckedIOException e) {
      return 0; // The thread has ended meanwhile.
    }
  }

  /**
   * Bytes that its live threads have allocated so far, as reported by the JVM, to about three
   * digits.
   */
  double allocatedBytes() throws IOException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    var command = List.of(jcmd, Long.toString(process.pid()), "Thread.print", "-e");
    try (var out = new ProcessBuilder(command).start().getInputStream()) {
      var text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      return ALLOCATED
          .matcher(text)
          .results()
          .mapToDouble(found ->
              Double.parseDouble(found.group(1)) * (1L << (10 * "BKMG".indexOf(found.group(2)))))
          .sum();
    }
  }

  /** Resident memory, in MB of 10^6 bytes. */
  double residentMegabytes() throws IOException {
    return status("VmRSS:");
  }

  /** The most that its resident memory was so far, in MB of 10^6 bytes. */
  double peakMegabytes() throws IOException {
    return status("VmHWM:");
  }

  private double status(String name) throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
      }
    }
    throw new IllegalStateException("the kernel does not report the resident memory");
  }

  /** Bytes that the process has printed. */
  long printedBytes() throws IOException {
    return Files.size(output);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    api.close();
    Files.deleteIfExists(output);
  }
}
