package dev.chatgate.bench.ledger;

import dev.chatgate.bench.report.Distribution;
import dev.chatgate.bench.report.Markdown;
import dev.chatgate.bench.report.Measurement;
import dev.chatgate.bench.report.Result;
import dev.chatgate.bench.report.RunLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Complete calls through the ledger (admit, record, apply) on DynamoDB Local: calls a second, and
 * the cost of a call.
 */
public final class Throughput implements Measurement {
  private static final OptionalLong NONE = OptionalLong.empty();

  /**
   * A limit near the maximum rate of one item, which is the worst case: its bucket alternates
   * between idle and busy.
   */
  private static final OptionalLong AT_MAX_RATE = OptionalLong.of(36_000);

  private static final int ROUNDS = 3;
  private static final int CALLS = 500;
  private static final int WARM_UP_CALLS = 200;
  private static final double MICROS_IN_MILLI = 1e3;

  @Override
  public Result run(Path root, RunLog log) throws InterruptedException {
    try (var store = new LedgerStore(root)) {
      var loads =
          List.of(
              new LedgerLoad(store, 1, 1, AT_MAX_RATE),
              new LedgerLoad(store, 1, 8, NONE),
              new LedgerLoad(store, 1, 32, NONE),
              new LedgerLoad(store, 1, 8, AT_MAX_RATE),
              new LedgerLoad(store, 1, 32, AT_MAX_RATE),
              new LedgerLoad(store, 100, 8, AT_MAX_RATE),
              new LedgerLoad(store, 100, 32, AT_MAX_RATE));
      for (var load : loads) {
        load.warmUp(WARM_UP_CALLS);
      }
      for (int round = 1; round <= ROUNDS; round++) {
        for (var load : loads) {
          load.run(CALLS);
          log.say(
              "round %d of %d: %d tenants, %d callers"
                  .formatted(round, ROUNDS, load.tenants(), load.callers()));
        }
      }
      return result(loads);
    }
  }

  private static Result result(List<LedgerLoad> loads) {
    boolean held = loads.stream().map(LedgerLoad::attempts).allMatch(Throughput::settled);
    var summary =
        """
        Whole calls (admit, record, apply) through %d ledgers, as in as many instances, on DynamoDB \
        Local in the same process; callers begin the next call at once. %d calls each way in %d \
        interleaved rounds. Every admitted call was settled, none was refused by a limit: **%s**.

        %s
        "Given up": after 5 attempts in collision with others, which is a 503. Only a limit on \
        requests a minute makes admissions collide, and the one here is chosen so that its bucket \
        goes idle and busy all the time. Conditional writes that an admission took:

        %s
        Write units: those of done writes as the store told them, those of refused writes by \
        `WriteUnits`, for a failed condition is billed by the item's size and not told.
        """
            .formatted(
                LedgerLoad.INSTANCES,
                CALLS * ROUNDS,
                ROUNDS,
                held ? "held" : "NOT held",
                speeds(loads),
                attempts(loads));
    return new Result(held, summary, raw(loads));
  }

  private static boolean settled(Attempts attempts) {
    return attempts.applied() == attempts.granted() && attempts.refused() == 0;
  }

  private static String speeds(List<LedgerLoad> loads) {
    var rows = new ArrayList<List<String>>();
    for (var load : loads) {
      var times = load.micros();
      rows.add(
          List.of(
              Integer.toString(load.tenants()),
              Integer.toString(load.callers()),
              load.requestsPerMinute(),
              number("%.0f", (double) new Distribution(load.ratesPerSecond()).median()),
              number("%.1f", times.median() / MICROS_IN_MILLI),
              number("%.1f", times.percentile(99) / MICROS_IN_MILLI),
              number("%.2f", load.perCall((double) load.storeCalls())),
              number("%.2f", load.perCall(load.writeUnits())),
              Long.toString(load.attempts().unavailable())));
    }
    return Markdown.table(
        List.of(
            "tenants",
            "callers",
            "requests/min limit",
            "calls/s",
            "ms a call, median",
            "p99",
            "store calls a call",
            "write units a call",
            "given up"),
        rows);
  }

  private static String attempts(List<LedgerLoad> loads) {
    var rows = new ArrayList<List<String>>();
    for (var load : loads) {
      var row = new ArrayList<String>();
      row.add(Integer.toString(load.tenants()));
      row.add(Integer.toString(load.callers()));
      row.add(load.requestsPerMinute());
      for (int attempts = 1; attempts <= LedgerLoad.MAX_ATTEMPTS; attempts++) {
        var count = load.attempts().byAttempts().get(attempts);
        row.add(
            count == null ? "0" : number("%.2f %%", 100.0 * count.sum() / load.attempts().all()));
      }
      rows.add(row);
    }
    return Markdown.table(
        List.of("tenants", "callers", "requests/min limit", "1", "2", "3", "4", "5"), rows);
  }

  private static String raw(List<LedgerLoad> loads) {
    var lines = new StringBuilder();
    for (var load : loads) {
      lines.append(
          "tenants=%d callers=%d limit=%s calls/s by round=%s admissions by attempts=%s store calls=%s refused writes=%d\n"
              .formatted(
                  load.tenants(),
                  load.callers(),
                  load.requestsPerMinute(),
                  load.ratesPerSecond(),
                  load.attempts().byAttempts(),
                  load.operations(),
                  load.refusedWrites()));
    }
    return lines.toString();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  @Override
  public String what() {
    return "complete calls through the ledger: calls a second, and store calls and write units of a call";
  }
}
