package dev.chatgate.bench.figures;

import dev.chatgate.bench.report.Distribution;
import dev.chatgate.bench.report.Markdown;
import dev.chatgate.bench.report.Measurement;
import dev.chatgate.bench.report.NotHereException;
import dev.chatgate.bench.report.Result;
import dev.chatgate.bench.report.RunEnvironment;
import dev.chatgate.bench.report.RunLog;
import dev.chatgate.testkit.FakeBackends;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the difference between the packages of two checkouts. It measures them in turns in one
 * run, so that other load on the machine affects both. The system property {@code bench.base} names
 * the other checkout, which must be packaged.
 */
public final class Compare implements Measurement {
  private static final String BASE = "bench.base";
  private static final int STARTS = 7;
  private static final int WARM_UP = 5_000;
  private static final int BLOCKS = 12;
  private static final int CALLS = 250;
  private static final double NANOS_IN_MILLI = 1e6;

  private final List<List<String>> rows = new ArrayList<>();
  private final StringBuilder raw = new StringBuilder();

  /** Measurements of both checkouts, with the same number of values. */
  private record Pair(List<Long> base, List<Long> now) {
    Pair() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** Results of blocks of calls: times in ns, context switches in thousandths. */
  private record Blocks(Pair call, Pair processor, Pair switches) {
    Blocks() {
      this(new Pair(), new Pair(), new Pair());
    }
  }

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var base = base();
    try (var backends = new FakeBackends(_ -> {})) {
      for (var door : MeasuredDoor.values()) {
        log.say(door + ": starts");
        starts(base, root, door, backends);
        log.say(door + ": calls");
        calls(base, root, door, backends);
      }
    }
    var summary =
        """
        Base: commit %s. Starts in turns, %d each, without a snapshot; then a process of each, after \
        its warm-up and %,d calls, %d times %d plain calls in turns. Medians; processor time is \
        the process's own, without its compiler's threads; switches are how often a thread of it \
        left a processor.

        %s\
        """
            .formatted(
                RunEnvironment.commit(base),
                STARTS,
                WARM_UP,
                BLOCKS,
                CALLS,
                Markdown.table(List.of("what", "door", "base", "now", "now ÷ base"), rows));
    return new Result(true, summary, raw.toString());
  }

  private static Path base() throws NotHereException {
    var base = Path.of(System.getProperty(BASE, "")).toAbsolutePath().normalize();
    if (!isPackaged(base, "gateway") && !isPackaged(base, "chat")) {
      throw new NotHereException(
          "Set -Dbase=FOLDER to another checkout of this repository that was packaged by mvn -Pbench.");
    }
    return base;
  }

  /** The gateway's module had the name "chat" until 0.2.0. */
  private static boolean isPackaged(Path base, String module) {
    return Files.exists(
        base.resolve(Path.of("functions", module, "target", "chatgate-" + module + ".zip")));
  }

  private void starts(Path base, Path now, MeasuredDoor door, FakeBackends backends)
      throws Exception {
    var starts = new Pair();
    for (int i = 0; i < STARTS; i++) {
      starts.base().add(start(base, door, backends));
      starts.now().add(start(now, door, backends));
    }
    row("process start → first answer, no SnapStart, ms", door, starts, NANOS_IN_MILLI);
  }

  private static long start(Path root, MeasuredDoor door, FakeBackends backends) throws Exception {
    try (var function = MeasuredFunction.start(root, door, backends, MeasuredFunction.ON_DEMAND)) {
      return function.call(FakeBackends.PLAIN_MODEL).lastByteAt() - function.startedAt();
    }
  }

  private void calls(Path base, Path now, MeasuredDoor door, FakeBackends backends)
      throws Exception {
    try (var before = MeasuredFunction.start(base, door, backends, MeasuredFunction.SNAPSHOT)) {
      warmUp(before);
      try (var after = MeasuredFunction.start(now, door, backends, MeasuredFunction.SNAPSHOT)) {
        warmUp(after);
        var blocks = new Blocks();
        for (int i = 0; i < BLOCKS; i++) {
          block(before, blocks.call().base(), blocks.processor().base(), blocks.switches().base());
          block(after, blocks.call().now(), blocks.processor().now(), blocks.switches().now());
        }
        row("a plain call, ms", door, blocks.call(), NANOS_IN_MILLI);
        row("processor time of it, ms", door, blocks.processor(), NANOS_IN_MILLI);
        row("switches in it", door, blocks.switches(), 1_000);
      }
    }
  }

  private static void warmUp(MeasuredFunction function) throws Exception {
    function.restore();
    for (int i = 0; i < WARM_UP; i++) {
      var _ = function.call(FakeBackends.PLAIN_MODEL);
    }
  }

  private static void block(
      MeasuredFunction function, List<Long> calls, List<Long> processor, List<Long> switches)
      throws Exception {
    var each = new ArrayList<Long>();
    function.api().awaitIdle();
    long before = function.onProcessorNanos();
    long left = function.switches();
    for (int i = 0; i < CALLS; i++) {
      each.add(function.call(FakeBackends.PLAIN_MODEL).nanos());
    }
    function.api().awaitIdle();
    calls.add(new Distribution(each).median());
    processor.add((function.onProcessorNanos() - before) / CALLS);
    switches.add((function.switches() - left) * 1_000 / CALLS);
  }

  private void row(String what, MeasuredDoor door, Pair pair, double unit) {
    double base = new Distribution(pair.base()).median() / unit;
    double now = new Distribution(pair.now()).median() / unit;
    var name = door.label();
    rows.add(List.of(what, name, number(base), number(now), number(now / base)));
    raw.append(
        "%s %s, base, then now, in ns or thousandths: %s %s%n"
            .formatted(name, what, pair.base(), pair.now()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
  }

  @Override
  public String what() {
    return "another checkout's packages and this one's in turns; needs -Dbase=FOLDER";
  }
}
