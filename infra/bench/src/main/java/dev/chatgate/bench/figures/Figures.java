package dev.chatgate.bench.figures;

import dev.chatgate.bench.bill.BillPerMillion;
import dev.chatgate.bench.report.Distribution;
import dev.chatgate.bench.report.Markdown;
import dev.chatgate.bench.report.Measurement;
import dev.chatgate.bench.report.NotHereException;
import dev.chatgate.bench.report.Result;
import dev.chatgate.bench.report.RunLog;
import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.Received;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The table of figures: start, first call, warm calls, streams, processor time, memory, package,
 * bill. Each function runs as on Lambda, with a fake Runtime API that measures the time. The fake
 * store and provider answer from memory, and their own time is subtracted.
 */
public final class Figures implements Measurement {
  private static final int STARTS = 5;
  private static final int FIRST_CALLS = 3;
  private static final int WARM_UP = 2_500;

  /** Number of the warm-up's plain calls that count as right after the restore. */
  private static final int EARLY = 400;

  /**
   * A pause that is long enough for the processor's caches to be overwritten, as after a restore.
   */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final int CALLS_AFTER_A_PAUSE = 15;

  /** Calls that keep the fakes' code in the processor's caches while the function is idle. */
  private static final int CALLS_TO_STAY_WARM = 100;

  private static final int PLAIN_ROUNDS = 1_500;
  private static final int PACED_ROUNDS = 20;
  private static final int COUNTED_CALLS = 2_000;
  private static final int CALLS_FOR_MEMORY = 10_000;
  private static final int LONG_STREAM = 100_000;
  private static final int CROWD = 64;
  private static final int CROWD_EVENTS = 150;
  private static final int CROWD_ROUNDS = 3;

  /** The template's memory, for which the bill is computed. */
  private static final int CONFIGURED_MEGABYTES = 1024;

  /** Admission, record and settlement, with one unit each; the ledger's tests check this. */
  private static final int WRITE_UNITS = 3;

  private static final double NANOS_IN_MILLI = 1e6;
  private static final String PACED = "stream-64-20";
  private static final String SHORT_STREAM = "stream-20-0";

  private final List<List<String>> rows = new ArrayList<>();
  private final List<BillPerMillion.Use> uses = new ArrayList<>();
  private final StringBuilder raw = new StringBuilder();
  private final AtomicInteger storeCalls = new AtomicInteger();
  private boolean held = true;

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    try (var backends = new FakeBackends(this::count)) {
      sizes(root);
      for (var door : MeasuredDoor.values()) {
        log.say(door + ": the measuring process warms up");
        warmUpHere(root, door, backends);
        log.say(door + ": starts");
        starts(root, door, backends);
        log.say(door + ": calls");
        calls(root, door, backends, log);
        log.say(door + ": classes");
        classes(root, door, backends);
      }
      log.say("64 streams at once");
      crowd(root, backends);
      var restores = restores(root, backends, log);
      return new Result(
          held && restores.held(),
          """
          %s
          ## The bill

          %s
          ## Restores by CRIU

          %s
          """
              .formatted(
                  Markdown.table(List.of("what", "door", "measured", "promised", ""), rows),
                  BillPerMillion.table(uses),
                  restores.summary().strip()),
          raw + restores.raw());
    }
  }

  /** Measures restores if CRIU is available; otherwise the page only says that it is not. */
  private static Result restores(Path root, FakeBackends backends, RunLog log) throws Exception {
    try {
      return Restores.run(root, backends, log);
    } catch (NotHereException e) {
      return new Result(true, "Not measured: " + e.getMessage(), "");
    }
  }

  private void count(Received request) {
    if (!FakeBackends.operation(request).startsWith("/")) {
      storeCalls.incrementAndGet();
    }
  }

  private void sizes(Path root) throws IOException {
    for (var name : List.of("gateway", "reconciler")) {
      var zip = root.resolve(Path.of("functions", name, "target", "chatgate-" + name + ".zip"));
      upTo("package " + zip.getFileName() + ", MB", "", Files.size(zip) / 1e6, 15);
    }
  }

  private void classes(Path root, MeasuredDoor door, FakeBackends backends) throws Exception {
    int ofStart = LoadedClasses.ofStart(root, door, backends).size();
    recorded("classes of the package that a start and a plain call load", door, ofStart);
    for (var model : List.of(FakeBackends.PLAIN_MODEL, SHORT_STREAM)) {
      var classes = LoadedClasses.ofFirstCall(root, door, backends, model);
      var what = "classes that the first call after the restore loads, " + kind(model);
      upTo(what, door, classes.size(), 50);
      raw.append("%s %s: %s\n".formatted(door, what, classes));
    }
  }

  private static String kind(String model) {
    return model.equals(FakeBackends.PLAIN_MODEL) ? "plain" : "streamed";
  }

  /** Warms up the fakes, because their time is part of every round trip. */
  private static void warmUpHere(Path root, MeasuredDoor door, FakeBackends backends)
      throws Exception {
    try (var function =
            MeasuredFunction.start(root, door, backends, MeasuredFunction.SOON_RESTORED);
        var direct = new Direct(backends.url())) {
      function.restore();
      var _ = warmUp(function, direct, backends);
    }
  }

  private void starts(Path root, MeasuredDoor door, FakeBackends backends) throws Exception {
    var ready = new ArrayList<Long>();
    var answered = new ArrayList<Long>();
    var calls = new ArrayList<Long>();
    for (int i = 0; i < STARTS; i++) {
      try (var function =
          MeasuredFunction.start(root, door, backends, MeasuredFunction.ON_DEMAND)) {
        ready.add(function.api().awaitReady() - function.startedAt());
        var answer = function.call(FakeBackends.PLAIN_MODEL);
        calls.add(answer.nanos());
        answered.add(answer.lastByteAt() - function.startedAt());
      }
    }
    recorded("process start → asks for its first call, ms", door, millis(ready, 50));
    upTo("process start → first answer, no SnapStart, ms", door, millis(answered, 50), 1500);
    recorded("the first call's part of it, ms", door, millis(calls, 50));
    note(door, "start to next, us", ready);
    note(door, "start to first answer, us", answered);
    note(door, "first calls of a start, us", calls);
  }

  private void calls(Path root, MeasuredDoor door, FakeBackends backends, RunLog log)
      throws Exception {
    var firsts = new ArrayList<Timed>();
    for (int i = 1; i < FIRST_CALLS; i++) {
      try (var function = MeasuredFunction.start(root, door, backends, MeasuredFunction.SNAPSHOT);
          var direct = new Direct(backends.url())) {
        firsts.add(firstCall(function, direct, backends));
      }
    }
    try (var function = MeasuredFunction.start(root, door, backends, MeasuredFunction.SNAPSHOT);
        var direct = new Direct(backends.url())) {
      long snapshot = function.api().awaitRestoreNext() - function.startedAt();
      recorded("process start → ready for the snapshot, s", door, snapshot / 1e9);
      firsts.add(firstCall(function, direct, backends));
      var early = warmUp(function, direct, backends).subList(0, EARLY);
      note(door, "plain, right after the restore, us", early);
      var warm = plain(function, door, direct, backends, millis(early, 99));
      first(function, door, direct, backends, firsts, warm);
      if (door == MeasuredDoor.STREAM) {
        log.say(door + ": paced streams");
        try (var store = new Direct(backends.url())) {
          paced(function, door, direct, store, backends);
        }
      }
      log.say(door + ": processor time and memory");
      processor(function, door);
      memory(function, door);
      if (door == MeasuredDoor.STREAM) {
        log.say(door + ": a stream of " + LONG_STREAM + " events");
        longStream(function, door, direct);
      }
    }
  }

  /**
   * A measured call.
   *
   * @param nanos from the event to the answer's last byte, without the fakes' own time
   * @param onProcessor time of the function's threads on a processor, in ns
   * @param storeCalls number of calls to the store, including those after the answer
   */
  private record Timed(long nanos, long onProcessor, int storeCalls) {}

  private Timed firstCall(MeasuredFunction function, Direct direct, FakeBackends backends)
      throws Exception {
    function.api().awaitRestoreNext();
    stayWarm(direct);
    function.restore();
    return timed(function, backends);
  }

  private static void stayWarm(Direct direct) throws IOException {
    for (int i = 0; i < CALLS_TO_STAY_WARM; i++) {
      direct.call(FakeBackends.request(FakeBackends.PLAIN_MODEL));
    }
  }

  private Timed timed(MeasuredFunction function, FakeBackends backends) throws Exception {
    function.api().awaitIdle();
    backends.takeOwnNanos();
    storeCalls.set(0);
    long before = function.onProcessorNanos();
    long nanos = function.call(FakeBackends.PLAIN_MODEL).nanos() - backends.takeOwnNanos();
    function.api().awaitIdle();
    return new Timed(nanos, function.onProcessorNanos() - before, storeCalls.get());
  }

  /**
   * Compares first calls with warm ones: with calls after a pause, in which the processor's caches
   * are overwritten as between a snapshot and a restore, and with calls without a pause.
   *
   * @param warm times of calls without a pause, without the fakes' own time
   */
  private void first(
      MeasuredFunction function,
      MeasuredDoor door,
      Direct direct,
      FakeBackends backends,
      List<Timed> firsts,
      List<Long> warm)
      throws Exception {
    var paused = new ArrayList<Timed>();
    for (int i = 0; i < CALLS_AFTER_A_PAUSE; i++) {
      Thread.sleep(PAUSE);
      stayWarm(direct);
      paused.add(timed(function, backends));
    }
    double first = millis(nanos(firsts), 50);
    recorded("first call after the restore, ms", door, first);
    upTo(
        "first call after the restore ÷ median warm call, each after a pause",
        door,
        first / millis(nanos(paused), 50),
        3);
    recorded(
        "the same, time on the processor",
        door,
        millis(onProcessor(firsts), 50) / millis(onProcessor(paused), 50));
    upTo(
        "first call after the restore ÷ median of warm calls without a pause",
        door,
        first / millis(warm, 50),
        3);
    int storeCalls = firsts.stream().mapToInt(Timed::storeCalls).max().orElseThrow();
    upTo("store calls of the first call after the restore", door, storeCalls, 3);
    note(door, "first calls after a restore, us", nanos(firsts));
    note(door, "the same, on the processor, us", onProcessor(firsts));
    note(door, "warm calls after a pause, us", nanos(paused));
    note(door, "the same, on the processor, us", onProcessor(paused));
  }

  private static List<Long> nanos(List<Timed> calls) {
    return calls.stream().map(Timed::nanos).toList();
  }

  private static List<Long> onProcessor(List<Timed> calls) {
    return calls.stream().map(Timed::onProcessor).toList();
  }

  /** Makes the warm-up calls. Returns the times of the plain ones, without the fakes' own time. */
  private static List<Long> warmUp(MeasuredFunction function, Direct direct, FakeBackends backends)
      throws Exception {
    var plain = new ArrayList<Long>();
    for (int i = 0; i < WARM_UP; i++) {
      function.call(SHORT_STREAM);
      function.api().awaitIdle();
      backends.takeOwnNanos();
      plain.add(function.call(FakeBackends.PLAIN_MODEL).nanos() - backends.takeOwnNanos());
      direct.call(FakeBackends.request(FakeBackends.PLAIN_MODEL));
      direct.call(FakeBackends.request(SHORT_STREAM));
      direct.callStore();
    }
    return plain;
  }

  private List<Long> plain(
      MeasuredFunction function,
      MeasuredDoor door,
      Direct direct,
      FakeBackends backends,
      double early)
      throws Exception {
    var through = new ArrayList<Long>();
    var provider = new ArrayList<Long>();
    var store = new ArrayList<Long>();
    for (int i = 0; i < PLAIN_ROUNDS; i++) {
      function.api().awaitIdle();
      backends.takeOwnNanos();
      through.add(function.call(FakeBackends.PLAIN_MODEL).nanos() - backends.takeOwnNanos());
      function.api().awaitIdle();
      backends.takeOwnNanos();
      var straight = direct.call(FakeBackends.request(FakeBackends.PLAIN_MODEL));
      provider.add(straight.nanos() - backends.takeOwnNanos());
      store.add(direct.callStore().nanos() - backends.takeOwnNanos());
    }
    double bare = millis(provider, 50);
    double base = bare + door.storeCallsBeforeAnswer() * millis(store, 50);
    double added = millis(through, 50) - base;
    upTo("added to a plain call, p50, ms", door, added, 1);
    recorded("the same, in round trips of a bare client (p50)", door, added / bare);
    recorded("a bare client's round trip, p50, ms", door, bare);
    recorded("a bare client's round trip, p99, ms", door, millis(provider, 99));
    upTo("added to a plain call, p99, ms", door, millis(through, 99) - base, 3);
    recorded("the same, of the first %d after a restore".formatted(EARLY), door, early - base);
    note(door, "plain through the gateway, us", through);
    note(door, "plain direct, us", provider);
    note(door, "a write of the store direct, us", store);
    return through;
  }

  /**
   * @param store a connection to the store that is used once in each round, as the function's is
   */
  private void paced(
      MeasuredFunction function,
      MeasuredDoor door,
      Direct direct,
      Direct store,
      FakeBackends backends)
      throws Exception {
    var firsts = new ArrayList<Long>();
    var directFirsts = new ArrayList<Long>();
    var stores = new ArrayList<Long>();
    var lags = new ArrayList<Long>();
    var directLags = new ArrayList<Long>();
    for (int i = 0; i < PACED_ROUNDS; i++) {
      function.api().awaitIdle();
      var answer = function.call(PACED);
      lags(answer, backends, lags);
      firsts.add(firstEvent(answer));
      var straight = direct.call(FakeBackends.request(PACED));
      lags(straight, backends, directLags);
      directFirsts.add(firstEvent(straight));
      stores.add(store.callStore().nanos());
      backends.written().clear();
    }
    double firstBase =
        millis(directFirsts, 50) + door.storeCallsBeforeAnswer() * millis(stores, 50);
    double base = millis(directLags, 50);
    upTo("added to a stream's first event, p50, ms", door, millis(firsts, 50) - firstBase, 1.5);
    upTo("added to a stream's first event, p99, ms", door, millis(firsts, 99) - firstBase, 5);
    upTo("added to each later event, p50, ms", door, millis(lags, 50) - base, 0.2);
    upTo("added to each later event, p99, ms", door, millis(lags, 99) - base, 1);
    note(door, "stream's first event, us", firsts);
    note(door, "stream's first event direct, us", directFirsts);
    note(door, "a write of the store direct, between streams, us", stores);
    note(door, "later events, us", lags);
    note(door, "later events direct, us", directLags);
  }

  /** Time from the start of the call to its first event, which the provider sends at once. */
  static long firstEvent(CallAnswer answer) {
    long first = answer.events().values().stream().mapToLong(Long::longValue).min().orElseThrow();
    return first - answer.beganAt();
  }

  /** Adds the time of each event but the first, from the provider's write to its arrival. */
  static void lags(CallAnswer answer, FakeBackends backends, List<Long> lags) {
    long first = answer.events().keySet().stream().mapToLong(Long::longValue).min().orElseThrow();
    answer
        .events()
        .forEach((number, at) -> {
          Long written = backends.written().get(number);
          if (number > first && written != null) {
            lags.add(at - written);
          }
        });
  }

  private void processor(MeasuredFunction function, MeasuredDoor door) throws Exception {
    for (var model : List.of(FakeBackends.PLAIN_MODEL, SHORT_STREAM)) {
      storeCalls.set(0);
      long printed = function.printedBytes();
      double before = function.cpuMillis();
      for (int i = 0; i < COUNTED_CALLS; i++) {
        function.call(model);
      }
      double each = (function.cpuMillis() - before) / COUNTED_CALLS;
      boolean plain = model.equals(FakeBackends.PLAIN_MODEL);
      var what = plain ? "plain call" : "20-event stream";
      upTo("processor time a " + what + ", ms", door, each, plain ? 3 : 3.5);
      recorded("store calls a " + what, door, (double) storeCalls.get() / COUNTED_CALLS);
      double logged = (double) (function.printedBytes() - printed) / COUNTED_CALLS;
      recorded("bytes of log a " + what, door, logged);
      if (plain || door == MeasuredDoor.STREAM) {
        uses.add(use(door, plain, each, logged));
      }
    }
  }

  private static BillPerMillion.Use use(
      MeasuredDoor door, boolean plain, double millis, double logged) {
    var name = (plain ? "plain" : "20 events") + ", " + (door == MeasuredDoor.API ? "API" : "URL");
    return new BillPerMillion.Use(
        name, door == MeasuredDoor.API, millis, CONFIGURED_MEGABYTES, WRITE_UNITS, 0, logged);
  }

  private void memory(MeasuredFunction function, MeasuredDoor door) throws Exception {
    var megabytes = new ArrayList<String>();
    for (int i = 1; i <= CALLS_FOR_MEMORY; i++) {
      function.call(FakeBackends.PLAIN_MODEL);
      if (i % (CALLS_FOR_MEMORY / 5) == 0) {
        megabytes.add(number(function.residentMegabytes()));
      }
    }
    raw.append("%s resident MB, by 2,000 calls: %s\n".formatted(door, megabytes));
    upTo("resident memory after 10,000 calls, MB", door, function.residentMegabytes(), 200);
    double before = function.allocatedBytes();
    for (int i = 0; i < COUNTED_CALLS; i++) {
      function.call(FakeBackends.PLAIN_MODEL);
    }
    double each = (function.allocatedBytes() - before) / COUNTED_CALLS;
    recorded("kB allocated by a plain call", door, each / 1e3);
  }

  private void longStream(MeasuredFunction function, MeasuredDoor door, Direct direct)
      throws Exception {
    double before = function.residentMegabytes();
    double allocated = function.allocatedBytes();
    var model = "stream-" + LONG_STREAM + "-0";
    double through = LONG_STREAM / (function.call(model).nanos() / 1e9);
    double each = (function.allocatedBytes() - allocated) / LONG_STREAM;
    double straight = LONG_STREAM / (direct.call(FakeBackends.request(model)).nanos() / 1e9);
    recorded("a stream of 100,000 events: events/s", door, through);
    recorded("the same, direct", door, straight);
    recorded("bytes allocated an event of it", door, each);
    recorded("memory that it added, MB", door, function.residentMegabytes() - before);
  }

  private void crowd(Path root, FakeBackends backends) throws Exception {
    var variables = new HashMap<>(MeasuredFunction.SNAPSHOT);
    variables.put("AWS_LAMBDA_MAX_CONCURRENCY", Integer.toString(CROWD));
    try (var function = MeasuredFunction.start(root, MeasuredDoor.STREAM, backends, variables)) {
      function.restore();
      crowdOnce(function, 50);
      var lags = new ArrayList<Long>();
      for (int i = 0; i < CROWD_ROUNDS; i++) {
        backends.written().clear();
        for (var answer : crowdOnce(function, CROWD_EVENTS)) {
          lags(answer, backends, lags);
        }
      }
      upTo(
          "64 streams at once, 50 events/s each: lag p50, ms",
          MeasuredDoor.STREAM,
          millis(lags, 50),
          25);
      upTo("the same, p99, ms", MeasuredDoor.STREAM, millis(lags, 99), 25);
    }
  }

  private static List<CallAnswer> crowdOnce(MeasuredFunction function, int events)
      throws InterruptedException {
    var begun = new ArrayList<Call>();
    for (int i = 0; i < CROWD; i++) {
      begun.add(function.begin("stream-" + events + "-20"));
    }
    var answers = new ArrayList<CallAnswer>();
    for (var call : begun) {
      answers.add(MeasuredFunction.answer(call));
    }
    return answers;
  }

  private void upTo(String what, MeasuredDoor door, double value, double max) {
    upTo(what, door.label(), value, max);
  }

  private void upTo(String what, String door, double value, double max) {
    boolean kept = value <= max;
    held &= kept;
    rows.add(List.of(what, door, number(value), "≤ " + number(max), kept ? "held" : "NOT held"));
  }

  private void recorded(String what, MeasuredDoor door, double value) {
    rows.add(List.of(what, door.label(), number(value), "", ""));
  }

  private static String number(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  }

  private static double millis(Collection<Long> nanos, double percent) {
    return new Distribution(nanos).percentile(percent) / NANOS_IN_MILLI;
  }

  private void note(MeasuredDoor door, String what, List<Long> nanos) {
    raw.append(door).append(' ').append(what).append(':');
    nanos.forEach(value -> raw.append(' ').append(value / 1_000));
    raw.append('\n');
  }

  @Override
  public String what() {
    return "speed, size and cost: start, first call, warm calls, streams, memory, packages, bill";
  }
}
