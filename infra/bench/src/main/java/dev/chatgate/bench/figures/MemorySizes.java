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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Both doors' functions with the processor share and the memory that Lambda gives them at different
 * sizes: speed, memory, and what a million calls cost. The system property {@code bench.sizes}
 * names other sizes, in MB, separated by commas.
 */
public final class MemorySizes implements Measurement {
  private static final String SIZES = "256,384,512,1024";
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

  /** Enough of them that the heap reaches its limit, which takes three. */
  private static final int LARGE_CALLS = 20;

  /** MB of 10^6 bytes that are free at the peak, 8 % of the memory at 384 MB. */
  private static final double MIN_FREE_MEGABYTES = 32;

  private static final double MAX_FIRST_EVENT_P99 = 40;
  private static final double MAX_LATER_EVENT_P50 = 10;
  private static final double NANOS_IN_MILLI = 1e6;
  private static final List<Integer> WAITS = List.of(1, 10, 60);
  private static final Pattern ROUNDS = Pattern.compile("\"warm_up_rounds\":(\\d+)");

  private static final String READY = "ready for the snapshot, s (rounds)";
  private static final String FIRST_CALL = "first call after a restore, ms";
  private static final String PLAIN = "plain, added p50 / p99, ms";
  private static final String LARGE = "4 MB up, 6 MB down, ms";
  private static final String KILLED = "killed for memory";
  private static final String PROCESSOR = "processor time a plain call, ms";
  private static final String BILL = "a million calls of 1 / 10 / 60 s, USD";
  private static final String PROMISES = "promises";

  private static final List<String> STREAM_HEAD =
      List.of(
          "MB",
          READY,
          FIRST_CALL,
          PLAIN,
          "a stream's first event, added p50 / p99, ms",
          "later events, added p50 / p99, ms",
          "64 streams: lag p50 / p99, ms",
          "100,000 events, events/s",
          LARGE,
          "resident peak, MB, and its share of the memory (64 streams)",
          KILLED,
          PROCESSOR,
          BILL,
          PROMISES);

  private static final List<String> API_HEAD =
      List.of(
          "MB",
          READY,
          FIRST_CALL,
          PLAIN,
          "100,000 events",
          LARGE,
          "resident peak, MB, and its share of the memory",
          KILLED,
          PROCESSOR,
          BILL,
          PROMISES);

  private final Map<MeasuredDoor, List<List<String>>> rows = new EnumMap<>(MeasuredDoor.class);
  private final StringBuilder raw = new StringBuilder();

  @Override
  public String what() {
    return "both doors' functions at Lambda's processor share and memory, by size";
  }

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var sizes = Arrays.stream(Numbers.of("bench.sizes", SIZES)).map(Integer::valueOf).toList();
    try (var backends = new FakeBackends(_ -> {});
        var direct = new Direct(backends.url())) {
      for (int megabytes : sizes) {
        for (var door : MeasuredDoor.values()) {
          log.say(megabytes + " MB, " + door.label());
          try (var group = ControlGroup.ofMemorySize(megabytes)) {
            var row = row(new Machine(root, door, backends, direct, group));
            rows.computeIfAbsent(door, _ -> new ArrayList<>()).add(row);
            log.say(row.toString());
          }
        }
      }
    }
    return new Result(
        true,
        """
        Each process ran in a control group with Lambda's share of a processor (periods of 20 ms, a whole \
        processor at 1,769 MB) and its memory as a hard limit. Added: the percentile minus the median of the \
        same call without a gateway. %d calls with 4 MB up and 6 MB down, one after the other. Promised for \
        the default size: a stream's first event at most 40 ms at p99, later events at most 10 ms at the \
        median, ready for the snapshot within 130 s, no death for want of memory, and %.0f MB of it free at \
        the peak. The bill uses the measured processor time.

        The streaming door:

        %s
        The API door. Its answers are whole and have at most 6 MB, so 100,000 events are a 502:

        %s\
        """
            .formatted(
                LARGE_CALLS,
                MIN_FREE_MEGABYTES,
                Markdown.table(STREAM_HEAD, rows.getOrDefault(MeasuredDoor.STREAM, List.of())),
                Markdown.table(API_HEAD, rows.getOrDefault(MeasuredDoor.API, List.of()))),
        raw.toString());
  }

  /** What a size is measured with. */
  private record Machine(
      Path root, MeasuredDoor door, FakeBackends backends, Direct direct, ControlGroup group) {
    MeasuredFunction start(Map<String, String> variables) throws IOException {
      return MeasuredFunction.start(
          root,
          door,
          backends,
          MeasuredFunction.with(variables, ControlGroup.JVM_OPTION),
          Optional.of(group));
    }

    int megabytes() {
      return group.megabytes();
    }
  }

  private List<String> row(Machine machine) throws Exception {
    boolean streams = machine.door() == MeasuredDoor.STREAM;
    var head = streams ? STREAM_HEAD : API_HEAD;
    var cells = new ArrayList<String>();
    cells.add(Integer.toString(machine.megabytes()));
    try {
      if (streams) {
        measureStreamDoor(machine, cells);
      } else {
        measureApiDoor(machine, cells);
      }
    } catch (AssertionError | IllegalStateException e) {
      // What its process does not answer any more is not measured.
      raw.append("%s: %s%n".formatted(name(machine), e.getMessage()));
      while (cells.size() < head.size() - 1) {
        boolean kills = head.get(cells.size()).equals(KILLED);
        cells.add(kills ? Long.toString(machine.group().kills()) : "died");
      }
      cells.add("NOT kept");
    }
    return cells;
  }

  private void measureStreamDoor(Machine machine, List<String> cells) throws Exception {
    // One process at a time: they share the group's memory.
    var first = firstCall(machine);
    var crowd = crowd(machine);
    try (var function = machine.start(MeasuredFunction.SNAPSHOT)) {
      cells.add(ready(function));
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
      double peak = function.peakMegabytes();
      cells.add("%s (%s)".formatted(peak(machine, peak), crowd.peakMegabytes()));
      finish(machine, cells, processorMillis, streams.isKept() && isKept(machine, peak));
    }
  }

  private void measureApiDoor(Machine machine, List<String> cells) throws Exception {
    var first = firstCall(machine);
    try (var function = machine.start(MeasuredFunction.SNAPSHOT)) {
      cells.add(ready(function));
      cells.add(first);
      function.restore();
      cells.add(plain(machine, function));
      double processorMillis = processorMillis(function);
      cells.add(tooLong(function));
      cells.add(large(function));
      double peak = function.peakMegabytes();
      cells.add(peak(machine, peak));
      finish(machine, cells, processorMillis, isKept(machine, peak));
    }
  }

  private static String ready(MeasuredFunction function) throws Exception {
    double seconds = (function.api().awaitRestoreNext() - function.startedAt()) / 1e9;
    var rounds = ROUNDS.matcher(function.printed());
    return fine(seconds) + (rounds.find() ? " (" + rounds.group(1) + ")" : "");
  }

  private static String peak(Machine machine, double megabytes) {
    return "%.0f, %.0f %%".formatted(megabytes, 100 * megabytes / memory(machine));
  }

  /** The function's memory in MB of 10^6 bytes, as the peak is. */
  private static double memory(Machine machine) {
    return ((long) machine.megabytes() << 20) / 1e6;
  }

  private static boolean isKept(Machine machine, double peak) throws IOException {
    return machine.group().kills() == 0 && memory(machine) - peak >= MIN_FREE_MEGABYTES;
  }

  private static void finish(
      Machine machine, List<String> cells, double processorMillis, boolean kept)
      throws IOException {
    cells.add(Long.toString(machine.group().kills()));
    cells.add(fine(processorMillis));
    cells.add(bill(machine, processorMillis));
    cells.add(kept ? "kept" : "NOT kept");
  }

  /** The lags of 64 streams in one process, and the most memory that it needed. */
  private record Crowd(String lags, String peakMegabytes) {}

  private String firstCall(Machine machine) throws Exception {
    var folder = machine.root().resolve(Path.of("infra", "bench", "target", "frozen", "size"));
    Restores.empty(folder);
    var api = new RuntimeApiServer(1, true);
    var launch =
        MeasuredFunction.launch(
            machine.root(),
            machine.door(),
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
      long bare = machine.direct().call(FakeBackends.request(FakeBackends.PLAIN_MODEL)).nanos();
      for (int j = 0; j < machine.door().storeCallsBeforeAnswer(); j++) {
        bare += machine.direct().callStore().nanos();
      }
      base.add(bare);
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
          fine(millis(lags, 50)) + " / " + fine(millis(lags, 99)),
          "%.0f".formatted(function.peakMegabytes()));
    } catch (IllegalStateException e) {
      raw.append("%s, 64 streams: %s%n".formatted(name(machine), e.getMessage()));
      return new Crowd("some fail", "some fail");
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

  /** A stream that does not fit into one answer. */
  private static String tooLong(MeasuredFunction function) throws InterruptedException {
    var response = function.begin("stream-" + LONG_STREAM + "-0").response();
    if (!response.text().contains("response_too_large")) {
      throw new IllegalStateException("a stream that is too long was answered otherwise");
    }
    double seconds = (response.endedAt() - response.handedOutAt()) / 1e9;
    return "502 after " + fine(seconds) + " s";
  }

  private static String large(MeasuredFunction function) throws InterruptedException {
    var calls = new ArrayList<Long>();
    for (int i = 0; i < LARGE_CALLS; i++) {
      var body = FakeBackends.request(LARGE_ANSWER, LARGE_BODY_SENTENCES);
      calls.add(MeasuredFunction.answer(function.beginRequest(body)).nanos());
    }
    return fine(millis(calls, 50));
  }

  private static String bill(Machine machine, double processorMillis) {
    var use =
        new BillPerMillion.Use(
            "",
            machine.door() == MeasuredDoor.API,
            processorMillis,
            machine.megabytes(),
            WRITE_UNITS,
            0,
            1_200);
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

  private static String name(Machine machine) {
    return machine.megabytes() + " MB, " + machine.door().label();
  }

  private void note(Machine machine, String what, List<Long> nanos) {
    raw.append(name(machine)).append(", ").append(what).append(", us:");
    nanos.forEach(value -> raw.append(' ').append(Duration.ofNanos(value).toNanos() / 1_000));
    raw.append('\n');
  }
}
