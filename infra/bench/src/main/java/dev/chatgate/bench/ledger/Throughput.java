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

  /** A limit near the maximum rate of one item: the bucket is often empty for a moment only. */
  private static final OptionalLong AT_MAX_RATE = OptionalLong.of(36_000);

  /** A limit far above it: the bucket is nearly always empty. */
  private static final OptionalLong FAR = OptionalLong.of(1_000_000);

  private static final int ROUNDS = 3;
  private static final int CALLS = 500;

  /** Calls a round on one tenant with 32 callers: more than 10,000 in all rounds. */
  private static final int CALLS_OF_A_CROWD = 3_400;

  private static final double MAX_WRITES_AN_ADMISSION = 1.05;
  private static final double MAX_WRITES_AN_APPLYING = 1.3;
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
              new LedgerLoad(store, 1, 32, FAR),
              new LedgerLoad(store, 100, 8, AT_MAX_RATE),
              new LedgerLoad(store, 100, 32, AT_MAX_RATE));
      for (var load : loads) {
        load.warmUp(WARM_UP_CALLS);
      }
      for (int round = 1; round <= ROUNDS; round++) {
        for (var load : loads) {
          load.run(calls(load));
          log.say(
              "round %d of %d: %d tenants, %d callers"
                  .formatted(round, ROUNDS, load.tenants(), load.callers()));
        }
      }
      return result(loads);
    }
  }

  private static int calls(LedgerLoad load) {
    return load.tenants() == 1 && load.callers() == 32 ? CALLS_OF_A_CROWD : CALLS;
  }

  private static Result result(List<LedgerLoad> loads) {
    boolean held = loads.stream().allMatch(Throughput::held);
    var summary =
        """
        Whole calls (admit, record, apply) through %d ledgers, as in as many instances, on DynamoDB \
        Local in the same process; callers begin the next call at once. In %d interleaved rounds %d \
        calls of each kind, and %d with 32 callers on one tenant. All other limits are set, and far \
        away. Every call was admitted and settled, with at most %.2f conditional writes an admission \
        and %.1f an applying: **%s**.

        %s
        "Given up": after 5 attempts in collision with others, which is a 503. Write units: those of \
        done writes as the store told them, those of refused writes by `WriteUnits`, for a failed \
        condition is billed by the item's size and not told.
        """
            .formatted(
                LedgerLoad.INSTANCES,
                ROUNDS,
                CALLS * ROUNDS,
                CALLS_OF_A_CROWD * ROUNDS,
                MAX_WRITES_AN_ADMISSION,
                MAX_WRITES_AN_APPLYING,
                held ? "held" : "NOT held",
                speeds(loads));
    return new Result(held, summary, raw(loads));
  }

  private static boolean held(LedgerLoad load) {
    var attempts = load.attempts();
    return attempts.applied() == attempts.all()
        && load.writesAnAdmission() <= MAX_WRITES_AN_ADMISSION
        && load.writesAnApplying() <= MAX_WRITES_AN_APPLYING;
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
              number("%.3f", load.writesAnAdmission()),
              number("%.3f", load.writesAnApplying()),
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
            "writes an admission",
            "writes an applying",
            "write units a call",
            "given up"),
        rows);
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
    return "complete calls through the ledger: calls a second, and conditional writes and write units of a call";
  }
}
