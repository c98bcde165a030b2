package dev.chatgate.cli.usage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.Csv;
import dev.chatgate.cli.text.Json;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.quota.LimitState;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** A report as a table, as CSV and as JSON. */
final class ReportText {
  private ReportText() {}

  static String table(Report report, Set<GroupBy> by) {
    var table = new TextTable(columns(by));
    for (var row : report.rows(by)) {
      var cells = names(row);
      cells.addAll(figures(row.tally()));
      table.row(cells);
    }
    var total = new ArrayList<>(List.of("total"));
    names(by).skip(1).forEach(_ -> total.add(""));
    total.addAll(figures(report.total()));
    table.row(total);
    return table.toString();
  }

  private static List<Column> columns(Set<GroupBy> by) {
    var figures =
        Stream.of("REQUESTS", "PROMPT", "CACHED", "COMPLETION", "TOTAL", "COST", "ESTIMATED");
    return Stream.concat(
            names(by).map(name -> Column.text(name.toUpperCase(Locale.ROOT))),
            figures.map(Column::number))
        .toList();
  }

  private static Stream<String> names(Set<GroupBy> by) {
    return Stream.of(
            Stream.of("tenant"),
            by.contains(GroupBy.DAY) ? Stream.of("day") : Stream.<String>of(),
            by.contains(GroupBy.MODEL) ? Stream.of("model") : Stream.<String>of())
        .flatMap(name -> name);
  }

  private static List<String> names(Report.Row row) {
    var names = new ArrayList<String>();
    names.add(row.tenant().value());
    row.day().ifPresent(day -> names.add(day.toString()));
    row.model().ifPresent(names::add);
    return names;
  }

  private static List<String> figures(UsageTotals tally) {
    return List.of(
        Amounts.whole(tally.calls()),
        Amounts.whole(tally.prompt()),
        Amounts.whole(tally.cached()),
        Amounts.whole(tally.completion()),
        Amounts.whole(tally.tokens()),
        Amounts.dollars(tally.microUsd()),
        Amounts.whole(tally.estimated()));
  }

  static String csv(Report report, Set<GroupBy> by) {
    var csv = new Csv();
    csv.line(
        Stream.concat(
                names(by),
                Stream.of(
                    "requests",
                    "prompt_tokens",
                    "cached_tokens",
                    "completion_tokens",
                    "total_tokens",
                    "cost_micro_usd",
                    "estimated_requests"))
            .toList());
    for (var row : report.rows(by)) {
      csv.line(names(row), numbers(row.tally()));
    }
    return csv.toString();
  }

  private static List<Long> numbers(UsageTotals tally) {
    return List.of(
        tally.calls(),
        tally.prompt(),
        tally.cached(),
        tally.completion(),
        tally.tokens(),
        tally.microUsd(),
        tally.estimated());
  }

  /** In the shape of {@code GET /v1/usage}, each row with its tenant. */
  static String json(Report report, Set<GroupBy> by) {
    return Json.page(json -> {
      json.writeStartObject();
      json.writeStringField("object", "list");
      json.writeArrayFieldStart("data");
      for (var row : report.rows(by)) {
        write(json, row);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("limits");
      for (var part : report.tenants()) {
        for (var limit : part.limits()) {
          write(json, part.tenant(), limit);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void write(JsonGenerator json, Report.Row row) throws IOException {
    json.writeStartObject();
    json.writeStringField("tenant", row.tenant().value());
    if (row.day().isPresent()) {
      json.writeStringField("day", row.day().get().toString());
    }
    if (row.model().isPresent()) {
      json.writeStringField("model", row.model().get());
    }
    json.writeNumberField("requests", row.tally().calls());
    writeTokens(json, row.tally());
    json.writeNumberField("cost_micro_usd", row.tally().microUsd());
    json.writeNumberField("estimated_requests", row.tally().estimated());
    json.writeEndObject();
  }

  /** The tokens of a tally, named as the API names them. */
  static void writeTokens(JsonGenerator json, UsageTotals tally) throws IOException {
    json.writeNumberField("prompt_tokens", tally.prompt());
    json.writeNumberField("cached_tokens", tally.cached());
    json.writeNumberField("completion_tokens", tally.completion());
    json.writeNumberField("total_tokens", tally.tokens());
  }

  private static void write(JsonGenerator json, TenantId tenant, LimitState limit)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("tenant", tenant.value());
    json.writeStringField("name", limit.limit().key());
    json.writeNumberField("limit", limit.allowed());
    json.writeNumberField("settled", limit.settled());
    json.writeNumberField("in_flight", limit.inFlight());
    json.writeNumberField("remaining", limit.remaining());
    if (limit.resetsAt().isPresent()) {
      json.writeStringField("resets_at", roundedUp(limit.resetsAt().get()).toString());
    } else {
      json.writeNullField("resets_at");
    }
    json.writeEndObject();
  }

  /** To milliseconds, as the API does: whoever waits until then finds the limit reset. */
  private static Instant roundedUp(Instant instant) {
    var cut = instant.truncatedTo(ChronoUnit.MILLIS);
    return cut.equals(instant) ? cut : cut.plusMillis(1);
  }
}
