package dev.chatgate.bench.figures;

import dev.chatgate.bench.report.NotHereException;
import dev.chatgate.local.lambda.Launch;
import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Response;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A function's process that CRIU saved where its snapshot is taken. Its copies are restored one
 * after the other.
 */
final class FrozenProcess implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(130);
  private static final Pattern REQUEST_ID = Pattern.compile("\"x-request-id\":\"(req_\\w+)\"");

  private final Criu criu;
  private RuntimeApiServer api;
  private final Path folder;
  private final Path output;
  private final long pid;
  private final long printed;
  private final double processorSeconds;
  private final long frozenAt;

  private FrozenProcess(
      Criu criu,
      RuntimeApiServer api,
      Path folder,
      Path output,
      long pid,
      long printed,
      double processorSeconds,
      long frozenAt) {
    this.criu = criu;
    this.api = api;
    this.folder = folder;
    this.output = output;
    this.pid = pid;
    this.printed = printed;
    this.processorSeconds = processorSeconds;
    this.frozenAt = frozenAt;
  }

  /**
   * A copy's first answer. All times count from the start of the restore.
   *
   * @param bare time until the process runs
   * @param asked time until it calls next, after its hooks
   * @param whole time until the last byte of the answer
   * @param requestId the answer's {@code x-request-id}
   */
  record First(Duration bare, Duration asked, Duration whole, String requestId) {
    /** The time of the call itself. */
    Duration call() {
      return whole.minus(asked);
    }
  }

  /**
   * Starts a function, waits until its hooks have run, and freezes it.
   *
   * @param launch command and environment as on Lambda
   * @param api the Runtime API that the environment names
   * @param folder an empty folder for all files
   * @param group limits the process and its copies, if there is one
   */
  static FrozenProcess freeze(
      Launch launch, RuntimeApiServer api, Path folder, Optional<ControlGroup> group)
      throws Exception {
    var criu = Criu.onPath(folder.resolve("images"), group);
    var output = folder.resolve("output");
    var process = start(launch, folder, output, group);
    double processorSeconds;
    long frozenAt;
    try {
      await(folder.resolve(Freezer.READY), process);
      frozenAt = System.nanoTime();
      processorSeconds = processorSeconds(process);
      criu.dump(process.pid());
      process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly();
    }
    Files.createFile(folder.resolve(Freezer.GO));
    return new FrozenProcess(
        criu, api, folder, output, process.pid(), Files.size(output), processorSeconds, frozenAt);
  }

  private static double processorSeconds(Process process) {
    return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L) / 1_000.0;
  }

  /** Processor time from the start until the snapshot, in s. */
  double processorSeconds() {
    return processorSeconds;
  }

  /** When it was ready for its snapshot, a {@link System#nanoTime()}. */
  long frozenAt() {
    return frozenAt;
  }

  /** What the process had printed when it was frozen. */
  String printed() throws IOException {
    return Files.readString(output).substring(0, (int) printed);
  }

  private static Process start(
      Launch launch, Path folder, Path output, Optional<ControlGroup> group)
      throws IOException, URISyntaxException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classes =
        Path.of(Freezer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var interpreter = folder.resolve("interpreter");
    Files.writeString(interpreter, interpreter(java, classes, folder));
    if (!interpreter.toFile().setExecutable(true)) {
      throw new IOException("cannot make a script executable");
    }
    var command =
        launch.command().stream()
            .map(argument -> argument.equals(java) ? interpreter.toString() : argument)
            .toList();
    var limited = group.map(limits -> limits.command(command)).orElse(command);
    var builder = new ProcessBuilder(limited).directory(launch.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    return builder
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /**
   * A script that replaces the {@code java} command and inserts {@link Freezer} before the main
   * class. It starts a new session, because CRIU saves whole sessions.
   */
  private static String interpreter(String java, Path classes, Path folder) {
    return """
    #!/bin/sh
    place=
    for argument do
      shift
      case $place$argument in
        path*) argument=$argument:%s place= ;;
        -classpath) place=path ;;
        *.AWSLambda | dev.chatgate.streaming.Main) set -- "$@" %s %s ;;
      esac
      set -- "$@" "$argument"
    done
    exec setsid %s "$@"
    """
        .formatted(classes, Freezer.class.getName(), folder, java);
  }

  private static void await(Path file, Process process) throws IOException, InterruptedException {
    var end = Instant.now().plus(TIMEOUT);
    while (!Files.exists(file)) {
      checkTime(end, process, "does not come to " + file.getFileName());
    }
  }

  private static void checkTime(Instant end, Process process, String otherwise)
      throws IOException, InterruptedException {
    if (Instant.now().isAfter(end) || !process.isAlive()) {
      throw new IOException("the process " + otherwise);
    }
    Thread.sleep(1);
  }

  /** Restores a copy, makes one plain call, and ends it. */
  First first() throws Exception {
    return first(FakeBackends.PLAIN_MODEL);
  }

  /**
   * Restores a copy, makes one call, and ends it.
   *
   * @param model determines the answer; see {@link FakeBackends}
   */
  First first(String model) throws Exception {
    return copy(model, 1).first();
  }

  /**
   * Restores a copy, makes plain calls one after the other, and ends it.
   *
   * @return the time of each call
   */
  List<Duration> calls(int times) throws Exception {
    return copy(FakeBackends.PLAIN_MODEL, times).answers().stream()
        .map(FrozenProcess::took)
        .toList();
  }

  private static Duration took(Response response) {
    return Duration.ofNanos(response.endedAt() - response.handedOutAt());
  }

  /**
   * The measurements of a copy.
   *
   * @param began the {@link System#nanoTime()} at the start of its restore
   * @param bare from then until the process ran
   */
  private record Copy(long began, Duration bare, List<Response> answers) {
    First first() {
      var first = answers.getFirst();
      return new First(
          bare,
          Duration.ofNanos(first.handedOutAt() - began),
          Duration.ofNanos(first.endedAt() - began),
          requestId(first));
    }
  }

  private static String requestId(Response response) {
    var id = REQUEST_ID.matcher(response.text());
    if (!id.find()) {
      throw new IllegalStateException("the copy answered: " + response.text());
    }
    return id.group(1);
  }

  private Copy copy(String model, int times) throws Exception {
    prepare();
    var event = FakeBackends.event(FakeBackends.request(model));
    var calls = Stream.generate(() -> api.invoke(event)).limit(times).toList();
    var start = Instant.now();
    long began = System.nanoTime();
    var process = criu.restore();
    try {
      await(folder.resolve(Freezer.RUNS), process);
      var answers = new ArrayList<Response>();
      for (var call : calls) {
        answers.add(call.response());
      }
      var runs = Instant.parse(Files.readString(folder.resolve(Freezer.RUNS)));
      return new Copy(began, Duration.between(start, runs), answers);
    } catch (IOException e) {
      if (process.isAlive()) {
        throw e;
      }
      throw refused();
    } finally {
      end(process);
    }
  }

  private NotHereException refused() throws IOException {
    return criu.refused("restore");
  }

  /**
   * Resets the files, which CRIU requires to be as at the time of the freeze, and starts a new
   * Runtime API.
   */
  private void prepare() throws IOException {
    api.close();
    api = RuntimeApiServer.inPlaceOf(api);
    api.restore();
    Files.deleteIfExists(folder.resolve(Freezer.RUNS));
    try (var file = new RandomAccessFile(output.toFile(), "rw")) {
      file.setLength(printed);
    }
  }

  /** Kills the process; CRIU ends with it. */
  private void end(Process process) throws InterruptedException {
    process.children().filter(child -> child.pid() == pid).forEach(ProcessHandle::destroyForcibly);
    if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  /** Bytes of the image. */
  long bytes() throws IOException {
    return criu.bytes();
  }

  @Override
  public void close() {
    api.close();
  }
}
