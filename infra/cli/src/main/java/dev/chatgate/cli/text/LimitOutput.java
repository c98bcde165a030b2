package dev.chatgate.cli.text;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.quota.LimitState;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Formats where somebody stands in a limit, as {@code GET /v1/usage} does. */
public final class LimitOutput {
  private LimitOutput() {}

  /** Writes the fields of a limit into an object. */
  public static void write(JsonGenerator json, LimitState limit) throws IOException {
    json.writeStringField("name", limit.limit().key());
    json.writeNumberField("limit", limit.allowed());
    json.writeNumberField("settled", limit.settled());
    json.writeNumberField("in_flight", limit.inFlight());
    json.writeNumberField("remaining", limit.remaining());
    var resetsAt = resetsAt(limit);
    if (resetsAt.isPresent()) {
      json.writeStringField("resets_at", resetsAt.get().toString());
    } else {
      json.writeNullField("resets_at");
    }
  }

  /** When the limit resets, rounded up to milliseconds, so that it is reset at that time. */
  public static Optional<Instant> resetsAt(LimitState limit) {
    return limit.resetsAt().map(LimitOutput::roundedUp);
  }

  private static Instant roundedUp(Instant instant) {
    var cut = instant.truncatedTo(ChronoUnit.MILLIS);
    return cut.equals(instant) ? cut : cut.plusMillis(1);
  }
}
