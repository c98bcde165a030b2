package dev.chatgate.cli.usage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Formats a usage record on one line, as text or as JSON. */
final class RecordFormatter {
  /**
   * Widths of the columns, for values of usual length; a longer value moves the rest of its line.
   */
  private static final int[] WIDTHS = {20, 12, 28, 20, 12, 8, 10, 9, 8, 8};

  /** Index of the first column that is aligned to the right. */
  private static final int FIRST_NUMBER = 5;

  private RecordFormatter() {}

  /** The heading above lines. */
  static String heading() {
    return columns(
        List.of(
            "TIME",
            "TENANT",
            "REQUEST",
            "MODEL",
            "STATUS",
            "PROMPT",
            "COMPLETION",
            "COST",
            "MS",
            "FIRST MS",
            "USER"));
  }

  static String line(UsageRecord record) {
    var charged = record.charged();
    var facts = record.call().map(Call::facts);
    return TextTable.printable(
        columns(
            List.of(
                record.decidedAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                record.key().tenant().value(),
                record.call().map(Call::requestId).orElse(record.key().id()),
                record.model(),
                kind(record),
                Amounts.whole(charged.prompt()),
                Amounts.whole(charged.completion()),
                Amounts.exactDollars(charged.microUsd()),
                facts.map(CallFacts::duration).map(RecordFormatter::millis).orElse("-"),
                facts.flatMap(CallFacts::timeToFirstToken).map(RecordFormatter::millis).orElse("-"),
                record.call().flatMap(Call::endUser).orElse(""))));
  }

  private static String millis(Duration duration) {
    return Amounts.whole(duration.toMillis());
  }

  private static String columns(List<String> cells) {
    var line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      var cell = cells.get(i);
      var space = i < WIDTHS.length ? " ".repeat(Math.max(0, WIDTHS[i] - cell.length())) : "";
      boolean isNumber = i >= FIRST_NUMBER && i < WIDTHS.length;
      line.append(isNumber ? space + cell : cell + space).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private static String kind(UsageRecord record) {
    return switch (record.kind()) {
      case CALL -> record.call().map(RecordFormatter::outcome).orElse("call");
      case ORPHANED, RELEASED, CORRECTION, UNKNOWN -> name(record);
    };
  }

  private static String outcome(Call call) {
    return call.facts().status() + call.facts().errorCode().map(code -> " " + code).orElse("");
  }

  private static String name(UsageRecord record) {
    return record.kind().name().toLowerCase(Locale.ROOT);
  }

  static String json(UsageRecord record) {
    return JsonOutput.compact(json -> {
      json.writeStartObject();
      json.writeStringField("tenant", record.key().tenant().value());
      json.writeStringField("id", record.key().id());
      json.writeStringField("kind", name(record));
      json.writeStringField("admitted_at", record.key().admittedAt().toString());
      json.writeStringField("decided_at", record.decidedAt().toString());
      json.writeStringField("day", record.day().toString());
      json.writeStringField("model", record.model());
      ReportFormatter.writeTokens(json, record.charged());
      json.writeNumberField("cost_micro_usd", record.charged().microUsd());
      json.writeBooleanField("estimated", record.charged().estimated() > 0);
      json.writeBooleanField("overrun", record.overrun());
      if (record.call().isPresent()) {
        write(json, record.call().get());
      }
      if (record.corrected().isPresent()) {
        write(json, record.corrected().get());
      }
      json.writeEndObject();
    });
  }

  private static void write(JsonGenerator json, Call call) throws IOException {
    var facts = call.facts();
    json.writeStringField("request_id", call.requestId());
    json.writeStringField("key", call.keyName());
    if (call.endUser().isPresent()) {
      json.writeStringField("end_user", call.endUser().get());
    }
    json.writeNumberField("status", facts.status());
    if (facts.errorCode().isPresent()) {
      json.writeStringField("error_code", facts.errorCode().get());
    }
    json.writeStringField("upstream_model", facts.upstreamModel());
    json.writeBooleanField("stream", facts.stream());
    json.writeNumberField("duration_ms", facts.duration().toMillis());
    if (facts.timeToFirstToken().isPresent()) {
      json.writeNumberField("first_token_ms", facts.timeToFirstToken().get().toMillis());
    }
  }

  private static void write(JsonGenerator json, UsageRecord.Corrected corrected)
      throws IOException {
    json.writeObjectFieldStart("corrects");
    json.writeStringField("id", corrected.key().id());
    json.writeStringField("admitted_at", corrected.key().admittedAt().toString());
    if (corrected.reason().isPresent()) {
      json.writeStringField("reason", corrected.reason().get());
    }
    json.writeEndObject();
  }
}
