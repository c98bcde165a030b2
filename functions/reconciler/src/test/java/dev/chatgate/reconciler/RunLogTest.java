package dev.chatgate.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.quota.Reconciler.Run;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunLogTest {
  @Test
  void aRunIsOneLineOfJson() {
    var printed = new ByteArrayOutputStream();
    var log = new RunLog(new PrintStream(printed, true, StandardCharsets.UTF_8));
    var began = Instant.parse("2026-11-23T12:00:00Z");
    var line = log.write(new Run(9, 1, 2, 3, 4, 5, 6), began, began.plusMillis(7));
    assertEquals(
        "{\"time\":\"2026-11-23T12:00:00.007Z\",\"kind\":\"reconciliation\",\"items\":9,"
            + "\"orphaned\":1,\"applied\":2,\"released\":3,\"closed_days\":4,\"flushed\":5,"
            + "\"unfinished\":6,\"duration_ms\":7}",
        line);
    assertEquals(line + System.lineSeparator(), printed.toString(StandardCharsets.UTF_8));
  }
}
