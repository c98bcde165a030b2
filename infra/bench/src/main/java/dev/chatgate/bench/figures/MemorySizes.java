package dev.chatgate.bench.figures;

import dev.chatgate.bench.bill.Bill;
import dev.chatgate.bench.bill.BillPerMillion;
import dev.chatgate.bench.report.Distribution;
import dev.chatgate.bench.report.Markdown;
import dev.chatgate.bench.report.Measurement;
import dev.chatgate.bench.report.NotHereException;
import dev.chatgate.bench.report.Result;
import dev.chatgate.bench.report.RunLog;
import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The streaming door's function with the processor share and the memory that Lambda gives it at
 * different sizes: speed, memory, and what a million calls cost. The system property {@code
 * bench.sizes} names other sizes, in MB, separated by commas.
 */
public final class MemorySizes implements Measurement {
  private static final String SIZES = "256,384,512,1024,1769";
  private static final int RESTORES = 3;
  private static final int WARM_UP = 200;
  private static final int PLAIN_CALLS = 500;
  private static final int STREAMS = 200;
  private static final String STREAM = "stream-10-20";
  private static final String CROWD = "stream-150-20";
  private static final int CROWD_STREAMS = 64;
  private static final int LONG_STREAM = 100_000;
  private static final int COUNTED_CALLS = 1_000;
  private static final int WRITE_UNITS = 3;

  /** A body near 4 MiB, the template's limit, and an answer near 6 MB, Lambda's. */
  private static final int LARGE_BODY_SENTENCES = 110_000;

  private static final String LARGE_ANSWER = "large-150000";
  private static final int LARGE_CALLS = 5;

  private static final double MAX_FIRST_EVENT_P99 = 40;
  private static final double MAX_LATER_EVENT_P50 = 10;
  private static final double NANOS_IN_MILLI = 1e6;
  private static final List<Integer> WAITS = List.of(1, 10, 60);
  private static final Pattern ROUNDS = Pattern.compile("\"warm_up_rounds\":(\\d+)");

  private static final List<String> HEAD =
      List.of(
          "MB",
          "ready for the snapshot, s (rounds)",
          "first call after a restore, ms",
          "plain, added p50 / p99, ms",
          "a stream's first event, added p50 / p99, ms",
          "later events, added p50 / p99, ms",
          "64 streams: lag p50 / p99, ms",
          "100,000 events, events/s",
          "4 MB up, 6 MB down, ms",
          "resident peak, MB (64 streams)",
          "killed for memory",
          "processor time a plain call, ms",
          "a million calls of 1 / 10 / 60 s, USD",
          "promises");

  /** The column with the number of kills. */
  private static final int KILLS = 10;

  private final List<List<String>> rows = new ArrayList<>();
  private final StringBuilder raw = new StringBuilder();

  @Override
  public String what() {
    return "the streaming function at Lambda's processor share and memory, by size";
  }

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var sizes =
        Arrays.stream(System.getProperty("bench.sizes", SIZES).split(",", -1))
            .map(Integer::valueOf)
            .toList();
    try (var backends = new FakeBackends(_ -> {});
        var direct = new Direct(backends.url())) {
      for (int megabytes : sizes) {
        log.say(megabytes + " MB");
        try (var group = ControlGroup.ofMemorySize(megabytes)) {
          rows.add(row(new Machine(root, backends, direct, group)));
          log.say(rows.getLast().toString());
        }
      }
    }
    return new Result(
        true,
        """
        Each process ran in a control group with Lambda's share of a processor (periods of 20 ms, a whole \
        processor at 1,769 MB) and its memory as a hard limit. Added: the percentile minus the median of the \
        same call without a gateway. Promised for the default size: a stream's first event at most 40 ms at \
        p99, later events at most 10 ms at the median, ready for the snapshot within 130 s, no death for \
        want of memory. The bill is the streaming door's, with the measured processor time.

        %s\
        """
            .formatted(Markdown.table(HEAD, rows)),
        raw.toString());
  }

  /** What a size is measured with. */
  private record Machine(Path root, FakeBackends backends, Direct direct, ControlGroup group) {
    MeasuredFunction start(Map<String, String> variables) throws IOException {
      return MeasuredFunction.start(
          root,
          MeasuredDoor.STREAM,
          backends,
          MeasuredFunction.with(variables, ControlGroup.JVM_OPTION),
          Optional.of(group));
    }

    int megabytes() {
      return group.megabytes();
    }
  }

  private List<String> row(Machine machine) throws Exception {
    var cells = new ArrayList<String>();
    cells.add(Integer.toString(machine.megabytes()));
    try {
      measure(machine, cells);
    } catch (AssertionError e) {
      // What its process does not answer any more is not measured.
      raw.append("%d MB: %s%n".formatted(machine.megabytes(), e.getMessage()));
      while (cells.size() < HEAD.size() - 1) {
        cells.add(cells.size() == KILLS ? Long.toString(machine.group().kills()) : "died");
      }
      cells.add("NOT kept");
    }
    return cells;
  }

  private void measure(Machine machine, List<String> cells) throws Exception {
    // One process at a time: they share the group's memory.
    var first = firstCall(machine);
    var crowd = crowd(machine);
    try (var function = machine.start(MeasuredFunction.SNAPSHOT)) {
      long ready = function.api().awaitRestoreNext() - function.startedAt();
      var rounds = ROUNDS.matcher(function.printed());
      cells.add(fine(ready / 1e9) + (rounds.find() ? " (" + rounds.group(1) + ")" : ""));
      cells.add(first);
      function.restore();
      cells.add(plain(machine, function));
      var streams = streams(machine, function);
      cells.add(streams.first());
      cells.add(streams.later());
      cells.add(crowd.lags());
      double processorMillis = processorMillis(function);
      cells.add(longStream(function));
      cells.add(large(function));
      cells.add("%.0f (%.0f)".formatted(function.peakMegabytes(), crowd.peakMegabytes()));
      long kills = machine.group().kills();
      cells.add(Long.toString(kills));
      cells.add(fine(processorMillis));
      cells.add(bill(machine.megabytes(), processorMillis));
      cells.add(streams.isKept() && kills == 0 ? "kept" : "NOT kept");
    }
  }

  /** The lags of 64 streams in one process, and the most memory that it needed. */
  private record Crowd(String lags, double peakMegabytes) {}

  private String firstCall(Machine machine) throws Exception {
    var folder = machine.root().resolve(Path.of("infra", "bench", "target", "frozen", "size"));
    Restores.empty(folder);
    var api = new RuntimeApiServer(1, true);
    var launch =
        MeasuredFunction.launch(
            machine.root(),
            MeasuredDoor.STREAM,
            machine.backends(),
            MeasuredFunction.with(MeasuredFunction.SNAPSHOT, ControlGroup.JVM_OPTION),
            api.address(),
            Optional.of(machine.group()));
    try (var frozen = FrozenProcess.freeze(launch, api, folder, Optional.of(machine.group()))) {
      var calls = new ArrayList<Long>();
      for (int i = 0; i < RESTORES; i++) {
        calls.add(frozen.first().call().toNanos());
      }
      note(machine, "first calls", calls);
      return fine(millis(calls, 50));
    } catch (NotHereException e) {
      api.close();
      return "no CRIU";
    }
  }

  private String plain(Machine machine, MeasuredFunction function) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      function.call(FakeBackends.PLAIN_MODEL);
      machine.direct().call(FakeBackends.request(FakeBackends.PLAIN_MODEL));
      machine.direct().callStore();
    }
    var through = new ArrayList<Long>();
    var base = new ArrayList<Long>();
    for (int i = 0; i < PLAIN_CALLS; i++) {
      function.api().awaitIdle();
      through.add(function.call(FakeBackends.PLAIN_MODEL).nanos());
      base.add(
          machine.direct().call(FakeBackends.request(FakeBackends.PLAIN_MODEL)).nanos()
              + machine.direct().callStore().nanos());
    }
    note(machine, "plain", through);
    return added(through, base);
  }

  /**
   * Added times of streams.
   *
   * @param isKept whether they are what is promised of the default size
   */
  private record Streams(String first, String later, boolean isKept) {}

  private Streams streams(Machine machine, MeasuredFunction function) throws Exception {
    var firsts = new ArrayList<Long>();
    var directFirsts = new ArrayList<Long>();
    var lags = new ArrayList<Long>();
    var directLags = new ArrayList<Long>();
    for (int i = 0; i < STREAMS; i++) {
      function.api().awaitIdle();
      machine.backends().written().clear();
      var answer = function.call(STREAM);
      firsts.add(Figures.firstEvent(answer));
      Figures.lags(answer, machine.backends(), lags);
      var straight = machine.direct().call(FakeBackends.request(STREAM));
      directFirsts.add(Figures.firstEvent(straight) + machine.direct().callStore().nanos());
      Figures.lags(straight, machine.backends(), directLags);
    }
    note(machine, "first events", firsts);
    note(machine, "later events", lags);
    boolean kept =
        millis(firsts, 99) - millis(directFirsts, 50) <= MAX_FIRST_EVENT_P99
            && millis(lags, 50) - millis(directLags, 50) <= MAX_LATER_EVENT_P50;
    return new Streams(added(firsts, directFirsts), added(lags, directLags), kept);
  }

  private Crowd crowd(Machine machine) throws Exception {
    var variables = new HashMap<>(MeasuredFunction.SOON_RESTORED);
    variables.put("AWS_LAMBDA_MAX_CONCURRENCY", Integer.toString(CROWD_STREAMS));
    try (var function = machine.start(variables)) {
      function.restore();
      for (int i = 0; i < CROWD_STREAMS; i++) {
        function.call(FakeBackends.PLAIN_MODEL);
      }
      var lags = new ArrayList<Long>();
      machine.backends().written().clear();
      var begun = new ArrayList<Call>();
      for (int i = 0; i < CROWD_STREAMS; i++) {
        begun.add(function.begin(CROWD));
      }
      for (var call : begun) {
        Figures.lags(MeasuredFunction.answer(call), machine.backends(), lags);
      }
      note(machine, "lags of 64 streams", lags);
      return new Crowd(
          fine(millis(lags, 50)) + " / " + fine(millis(lags, 99)), function.peakMegabytes());
    } catch (IllegalStateException e) {
      raw.append("%d MB, 64 streams: %s%n".formatted(machine.megabytes(), e.getMessage()));
      return new Crowd("some fail", Double.NaN);
    }
  }

  private static double processorMillis(MeasuredFunction function) throws Exception {
    function.api().awaitIdle();
    double before = function.cpuMillis();
    for (int i = 0; i < COUNTED_CALLS; i++) {
      function.call(FakeBackends.PLAIN_MODEL);
    }
    function.api().awaitIdle();
    return (function.cpuMillis() - before) / COUNTED_CALLS;
  }

  private static String longStream(MeasuredFunction function) throws InterruptedException {
    double seconds = function.call("stream-" + LONG_STREAM + "-0").nanos() / 1e9;
    return String.format(Locale.ROOT, "%,.0f", LONG_STREAM / seconds);
  }

  private static String large(MeasuredFunction function) throws InterruptedException {
    var calls = new ArrayList<Long>();
    for (int i = 0; i < LARGE_CALLS; i++) {
      var body = FakeBackends.request(LARGE_ANSWER, LARGE_BODY_SENTENCES);
      calls.add(MeasuredFunction.answer(function.beginRequest(body)).nanos());
    }
    return fine(millis(calls, 50));
  }

  private static String bill(int megabytes, double processorMillis) {
    var use = new BillPerMillion.Use("", false, processorMillis, megabytes, WRITE_UNITS, 0, 1_200);
    double own = BillPerMillion.of(use).stream().mapToDouble(Bill.Line::dollars).sum();
    return WAITS.stream()
        .map(seconds ->
            String.format(Locale.ROOT, "%.2f", own + BillPerMillion.waiting(use, seconds)))
        .reduce((one, other) -> one + " / " + other)
        .orElseThrow();
  }

  private static String added(List<Long> through, List<Long> base) {
    double bare = millis(base, 50);
    return fine(millis(through, 50) - bare) + " / " + fine(millis(through, 99) - bare);
  }

  private static double millis(List<Long> nanos, double percent) {
    return new Distribution(nanos).percentile(percent) / NANOS_IN_MILLI;
  }

  private static String fine(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }

  private void note(Machine machine, String what, List<Long> nanos) {
    raw.append(machine.megabytes()).append(" MB, ").append(what).append(", us:");
    nanos.forEach(value -> raw.append(' ').append(Duration.ofNanos(value).toNanos() / 1_000));
    raw.append('\n');
  }
}
