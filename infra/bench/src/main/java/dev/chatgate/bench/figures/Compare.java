package dev.chatgate.bench.figures;

import dev.chatgate.bench.Distribution;
import dev.chatgate.bench.Markdown;
import dev.chatgate.bench.Measurement;
import dev.chatgate.bench.NotHereException;
import dev.chatgate.bench.Result;
import dev.chatgate.bench.RunEnvironment;
import dev.chatgate.bench.RunLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two checkouts' packages in turns in one run, so that the machine's mood falls on both: what a
 * change saves or costs. The other checkout, packaged, is named by the system property {@code
 * bench.base}.
 */
public final class Compare implements Measurement {
  private static final String BASE = "bench.base";
  private static final int STARTS = 7;
  private static final int WARM_UP = 5_000;
  private static final int BLOCKS = 12;
  private static final int CALLS = 250;
  private static final double NANOS_IN_MILLI = 1e6;
  private static final Map<String, String> SNAPSHOT =
      Map.of("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
  private static final Map<String, String> ON_DEMAND =
      Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");

  private final List<List<String>> rows = new ArrayList<>();
  private final StringBuilder raw = new StringBuilder();

  /** Something measured at both, the same number of times. */
  private record Pair(List<Long> base, List<Long> now) {
    Pair() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** What a block of calls took, each in ns but the last, which is in thousandths. */
  private record Blocks(Pair call, Pair processor, Pair switches) {
    Blocks() {
      this(new Pair(), new Pair(), new Pair());
    }
  }

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var base = base();
    try (var backends = new Backends()) {
      for (var door : Door.values()) {
        log.say(door + ": starts");
        starts(base, root, door, backends);
        log.say(door + ": calls");
        calls(base, root, door, backends);
      }
    }
    var summary =
        """
        Base: commit %s. Starts in turns, %d each, without a snapshot; then a process of each, after \
        its rehearsal and %,d calls, %d times %d plain calls in turns. Medians; processor time is \
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
    if (!Files.exists(
        base.resolve(Path.of("functions", "chat", "target", "chatgate-gateway.zip")))) {
      throw new NotHereException(
          "Say with -Dbase=FOLDER what to compare with: another checkout of this repository, packaged by mvn -Pbench in it.");
    }
    return base;
  }

  private void starts(Path base, Path now, Door door, Backends backends) throws Exception {
    var starts = new Pair();
    for (int i = 0; i < STARTS; i++) {
      starts.base().add(start(base, door, backends));
      starts.now().add(start(now, door, backends));
    }
    row("process start → first answer, no SnapStart, ms", door, starts, NANOS_IN_MILLI);
  }

  private static long start(Path root, Door door, Backends backends) throws Exception {
    try (var function = FunctionProcess.start(root, door, backends, ON_DEMAND)) {
      return call(function, door).lastByteAt() - function.startedAt();
    }
  }

  private void calls(Path base, Path now, Door door, Backends backends) throws Exception {
    try (var before = FunctionProcess.start(base, door, backends, SNAPSHOT)) {
      warmUp(before, door);
      try (var after = FunctionProcess.start(now, door, backends, SNAPSHOT)) {
        warmUp(after, door);
        var blocks = new Blocks();
        for (int i = 0; i < BLOCKS; i++) {
          block(
              before,
              door,
              blocks.call().base(),
              blocks.processor().base(),
              blocks.switches().base());
          block(
              after, door, blocks.call().now(), blocks.processor().now(), blocks.switches().now());
        }
        row("a plain call, ms", door, blocks.call(), NANOS_IN_MILLI);
        row("processor time of it, ms", door, blocks.processor(), NANOS_IN_MILLI);
        row("switches in it", door, blocks.switches(), 1_000);
      }
    }
  }

  private static void warmUp(FunctionProcess function, Door door) throws Exception {
    function.api().restore();
    for (int i = 0; i < WARM_UP; i++) {
      var _ = call(function, door);
    }
  }

  private static void block(
      FunctionProcess function,
      Door door,
      List<Long> calls,
      List<Long> processor,
      List<Long> switches)
      throws Exception {
    var each = new ArrayList<Long>();
    function.api().awaitAsking();
    long before = function.onProcessorNanos();
    long left = function.switches();
    for (int i = 0; i < CALLS; i++) {
      each.add(call(function, door).nanos());
    }
    function.api().awaitAsking();
    calls.add(new Distribution(each).median());
    processor.add((function.onProcessorNanos() - before) / CALLS);
    switches.add((function.switches() - left) * 1_000 / CALLS);
  }

  private static Answer call(FunctionProcess function, Door door) throws InterruptedException {
    var answer = function.api().call(door.event(Backends.request(Backends.PLAIN_MODEL)));
    if (!answer.ok()) {
      throw new IllegalStateException("a call was not answered with 200");
    }
    return answer;
  }

  private void row(String what, Door door, Pair pair, double unit) {
    double base = new Distribution(pair.base()).median() / unit;
    double now = new Distribution(pair.now()).median() / unit;
    var name = door.name().toLowerCase(Locale.ROOT);
    rows.add(List.of(what, name, number(base), number(now), number(now / base)));
    raw.append(
        "%s %s, base, then now, in ns or thousandths: %s %s%n"
            .formatted(name, what, pair.base(), pair.now()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
  }

  @Override
  public String toString() {
    return "another checkout's packages beside this one's: starts, plain calls, switches; -Dbase=FOLDER";
  }
}
