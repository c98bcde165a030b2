package dev.chatgate.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.quota.reconcile.ReconcilerRun;
import dev.chatgate.telemetry.MetricSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReconcilerLogTest {
  @Test
  void theCountsAreNamedAsInTheLogLine() {
    assertEquals(
        Map.of(
            "items", 9,
            "orphans", 1,
            "applied", 2,
            "released", 3,
            "closed_days", 4,
            "flushed", 5,
            "unfinished", 6),
        ReconcilerLog.counts(new ReconcilerRun(9, 1, 2, 3, 4, 5, 6)));
  }

  @Test
  void aRunIsOneLineOfJson() {
    var printed = new ByteArrayOutputStream();
    var log =
        new ReconcilerLog(
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            new MetricSource("reconciler", false));
    var began = Instant.parse("2026-11-23T12:00:00Z");
    log.write(new ReconcilerRun(9, 1, 2, 3, 4, 5, 6), began, began.plusMillis(7));
    assertEquals(
        "{\"kind\":\"reconciliation\",\"runs\":1,\"items\":9,"
            + "\"orphans\":1,\"applied\":2,\"released\":3,\"closed_days\":4,\"flushed\":5,"
            + "\"unfinished\":6,\"duration_ms\":7,\"time\":\"2026-11-23T12:00:00.007Z\","
            + "\"FunctionName\":\"reconciler\",\"_aws\":{\"Timestamp\":1795435200007,"
            + "\"CloudWatchMetrics\":[{\"Namespace\":\"Chatgate\",\"Dimensions\":[[\"FunctionName\"]],"
            + "\"Metrics\":[{\"Name\":\"runs\",\"Unit\":\"Count\"},{\"Name\":\"orphans\",\"Unit\":\"Count\"},"
            + "{\"Name\":\"unfinished\",\"Unit\":\"Count\"}]}]}}\n",
        printed.toString(StandardCharsets.UTF_8));
  }
}
