package dev.chatgate.bench.figures;

import dev.chatgate.bench.report.Distribution;
import dev.chatgate.bench.report.Markdown;
import dev.chatgate.bench.report.NotHereException;
import dev.chatgate.bench.report.Result;
import dev.chatgate.bench.report.RunLog;
import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.RuntimeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checkpoints each function's process with CRIU and restores it several times. Measures the time of
 * the bare restore and the time until the first call is answered, and checks that no two copies
 * share a request id.
 */
final class Restores {
  private static final int ROUNDS = 9;
  private static final int CALLS_TO_STAY_WARM = 500;
  private static final double MAX_OF_BARE = 1.3;
  private static final double MAX_OF_WARM = 3;

  /** Calls of the last copy, one after the other; the second half counts as warm. */
  private static final int WARM_UP = 1_000;

  private static final double MICROS_IN_MILLI = 1_000;
  private static final int BYTES_IN_MEGABYTE = 1_000_000;
  private static final Path WORK = Path.of("infra", "bench", "target", "frozen");

  /** One door's process, and the measurements of its copies. */
  private record Copies(
      MeasuredDoor door,
      FrozenProcess process,
      List<FrozenProcess.First> firsts,
      List<Duration> warm) {
    void another() throws Exception {
      firsts.add(process.first());
    }

    void lastOne() throws Exception {
      warm.addAll(process.calls(2 * WARM_UP).subList(WARM_UP, 2 * WARM_UP));
    }
  }

  /**
   * Measures.
   *
   * @throws NotHereException if there is no {@code criu}, or it does not work on this machine
   */
  static Result run(Path root, FakeBackends backends, RunLog log) throws Exception {
    var version = Criu.onPath(root.resolve(WORK), Optional.empty()).version();
    var copies = new ArrayList<Copies>();
    try (var direct = new Direct(backends.url())) {
      for (var door : MeasuredDoor.values()) {
        log.say(door + ": start, warm-up, checkpoint");
        copies.add(
            new Copies(door, freeze(root, door, backends), new ArrayList<>(), new ArrayList<>()));
      }
      for (int round = 1; round <= ROUNDS; round++) {
        log.say("restores, round " + round + " of " + ROUNDS);
        for (var door : copies) {
          stayWarm(direct);
          door.another();
        }
      }
      log.say("warm calls of a last copy");
      for (var door : copies) {
        door.lastOne();
      }
      return result(version, copies);
    } finally {
      copies.forEach(door -> door.process().close());
    }
  }

  /** Keeps the fakes' code warm, because their time is part of every first call. */
  private static void stayWarm(Direct direct) throws IOException {
    for (int i = 0; i < CALLS_TO_STAY_WARM; i++) {
      direct.call(FakeBackends.request(FakeBackends.PLAIN_MODEL));
      direct.callStore();
    }
  }

  private static FrozenProcess freeze(Path root, MeasuredDoor door, FakeBackends backends)
      throws Exception {
    var folder = root.resolve(WORK).resolve(door.name()).toAbsolutePath().normalize();
    empty(folder);
    var api = new RuntimeApiServer(1, true);
    try {
      var launch =
          MeasuredFunction.launch(
              root, door, backends, MeasuredFunction.SNAPSHOT, api.address(), Optional.empty());
      return FrozenProcess.freeze(launch, api, folder, Optional.empty());
    } catch (Exception e) {
      api.close();
      throw e;
    }
  }

  /** Makes an empty folder of it. */
  static void empty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(folder);
  }

  private static Result result(String version, List<Copies> copies) throws IOException {
    var rows = new ArrayList<List<String>>();
    var raw = new StringBuilder();
    boolean held = true;
    for (var door : copies) {
      var all = door.firsts();
      double bare = median(all.stream().map(FrozenProcess.First::bare));
      double whole = median(all.stream().map(FrozenProcess.First::whole));
      double ratio =
          new Distribution(all.stream().map(Restores::millionths).toList()).median() / 1e6;
      double call = median(all.stream().map(FrozenProcess.First::call));
      double warm = median(door.warm().stream());
      long ids = all.stream().map(FrozenProcess.First::requestId).distinct().count();
      rows.add(
          List.of(
              door.door().label(),
              number(bare),
              number(median(all.stream().map(FrozenProcess.First::asked))),
              number(whole),
              fine(ratio),
              fine(call),
              fine(warm),
              fine(call / warm),
              ids + " of " + all.size(),
              Long.toString(door.process().bytes() / BYTES_IN_MEGABYTE)));
      held &= ratio <= MAX_OF_BARE && call <= MAX_OF_WARM * warm && ids == all.size();
      note(raw, door.door(), all);
      raw.append(door.door()).append(" warm calls of a copy, us:");
      door.warm().forEach(took -> raw.append(' ').append(micros(took)));
      raw.append('\n');
    }
    return new Result(held, summary(version, rows, held), raw.toString());
  }

  private static String summary(String version, List<List<String>> rows, boolean held) {
    return """
    - CRIU: %s

    Promised: the first answer is there within 1.3 times the bare restore, the first call takes at \
    most 3 times a warm one, and every copy's `x-request-id` is its own. **%s.**

    Each door's process was frozen once, after its hooks and before it asks to be restored, and \
    restored %d times from that image, the doors in turns. Times are medians in ms, all from the \
    start of `criu restore`. Bare: until the process runs. Asks: until its hooks after the restore \
    are through and it asks for its event. First answer: until the last byte of a plain call's \
    answer, with credentials, secret, tenant, prices, admission and connections, all of them new. \
    The ratio is the median of each copy's own, for some restores take several times as long as the \
    others. First call: from its event to its answer's last byte. Warm call: the median of the last \
    %,d of %,d calls of one more copy. The fakes' own time is in both.

    %s\
    """
        .formatted(
            version,
            held ? "Held" : "Not held",
            ROUNDS,
            WARM_UP,
            2 * WARM_UP,
            Markdown.table(
                List.of(
                    "door",
                    "bare",
                    "asks",
                    "first answer",
                    "ratio",
                    "first call",
                    "warm call",
                    "ratio",
                    "different ids",
                    "image, MB"),
                rows));
  }

  private static void note(StringBuilder raw, MeasuredDoor door, List<FrozenProcess.First> all) {
    raw.append(door).append(" bare, us:");
    all.forEach(first -> raw.append(' ').append(micros(first.bare())));
    raw.append('\n').append(door).append(" asks, us:");
    all.forEach(first -> raw.append(' ').append(micros(first.asked())));
    raw.append('\n').append(door).append(" first answer, us:");
    all.forEach(first -> raw.append(' ').append(micros(first.whole())));
    raw.append('\n').append(door).append(" request ids:");
    all.forEach(first -> raw.append(' ').append(first.requestId()));
    raw.append('\n');
  }

  /** The ratio of a copy's first answer to its bare restore, in millionths. */
  private static long millionths(FrozenProcess.First first) {
    return Math.round(1e6 * first.whole().toNanos() / first.bare().toNanos());
  }

  private static double median(Stream<Duration> durations) {
    return new Distribution(durations.map(Restores::micros).toList()).median() / MICROS_IN_MILLI;
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  private static String number(double millis) {
    return String.format(Locale.ROOT, "%.0f", millis);
  }

  private static String fine(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
