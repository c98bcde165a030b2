package dev.chatgate.reconciler;

import dev.chatgate.quota.reconcile.ReconcilerRun;
import dev.chatgate.telemetry.LogLine;
import dev.chatgate.telemetry.Metric;
import dev.chatgate.telemetry.MetricSource;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Writes one JSON line with metrics for each run. It contains only numbers. */
final class ReconcilerLog {
  private final PrintStream out;
  private final MetricSource source;

  ReconcilerLog(PrintStream out, MetricSource source) {
    this.out = out;
    this.source = source;
  }

  /** The counts of a run, named as the log line's fields. */
  static Map<String, Integer> counts(ReconcilerRun run) {
    return Map.of(
        "items", run.items(),
        "orphans", run.orphaned(),
        "applied", run.applied(),
        "released", run.released(),
        "closed_days", run.closedDays(),
        "flushed", run.flushed(),
        "unfinished", run.unfinished());
  }

  /** Writes the line of a run. */
  void write(ReconcilerRun run, Instant began, Instant ended) {
    var _ =
        new LogLine("reconciliation")
            .metric(Metric.RUNS, 1)
            .number("items", run.items())
            .metric(Metric.ORPHANS, run.orphaned())
            .number("applied", run.applied())
            .number("released", run.released())
            .number("closed_days", run.closedDays())
            .number("flushed", run.flushed())
            .metric(Metric.UNFINISHED, run.unfinished())
            .number("duration_ms", Duration.between(began, ended).toMillis())
            .writeTo(out, source, ended);
  }
}
