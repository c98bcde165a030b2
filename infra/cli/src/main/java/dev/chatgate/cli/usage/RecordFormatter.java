package dev.chatgate.cli.usage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats a usage record on one line, as text or as JSON. */
final class RecordFormatter {
  private RecordFormatter() {}

  static String line(UsageRecord record) {
    var cells = new ArrayList<String>();
    cells.add(record.decidedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    cells.add(record.key().tenant().value());
    cells.add(record.call().map(Call::requestId).orElse(record.key().id()));
    cells.add(record.model());
    cells.add(kind(record));
    var charged = record.charged();
    cells.add(
        "%s + %s tokens"
            .formatted(Amounts.whole(charged.prompt()), Amounts.whole(charged.completion())));
    cells.add(Amounts.exactDollars(charged.microUsd()));
    record.call().ifPresent(call -> cells.addAll(times(call.facts())));
    record.call().flatMap(Call::endUser).ifPresent(user -> cells.add("user " + user));
    return TextTable.printable(String.join("  ", cells));
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

  private static List<String> times(CallFacts facts) {
    var times = new ArrayList<String>();
    times.add(facts.duration().toMillis() + " ms");
    facts.timeToFirstToken().ifPresent(time -> times.add("first " + time.toMillis() + " ms"));
    return times;
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
