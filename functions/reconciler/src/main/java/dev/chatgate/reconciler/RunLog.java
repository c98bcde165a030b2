package dev.chatgate.reconciler;

import com.fasterxml.jackson.core.JsonFactory;
import dev.chatgate.quota.Reconciler.Run;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;

/** One line of JSON a run: numbers only. */
final class RunLog {
  private static final JsonFactory JSON = new JsonFactory();

  private final PrintStream out;

  RunLog(PrintStream out) {
    this.out = out;
  }

  /** Writes the line of a run, and returns it. */
  String write(Run run, Instant began, Instant ended) {
    var line = line(run, began, ended);
    out.println(line);
    return line;
  }

  private static String line(Run run, Instant began, Instant ended) {
    var text = new StringWriter(256);
    try (var json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("time", ended.toString());
      json.writeStringField("kind", "reconciliation");
      json.writeNumberField("items", run.items());
      json.writeNumberField("orphaned", run.orphaned());
      json.writeNumberField("applied", run.applied());
      json.writeNumberField("released", run.released());
      json.writeNumberField("closed_days", run.closedDays());
      json.writeNumberField("flushed", run.flushed());
      json.writeNumberField("unfinished", run.unfinished());
      json.writeNumberField("duration_ms", Duration.between(began, ended).toMillis());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string takes every character", e);
    }
    return text.toString();
  }
}
