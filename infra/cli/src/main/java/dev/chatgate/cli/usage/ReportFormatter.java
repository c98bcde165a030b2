package dev.chatgate.cli.usage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.CsvOutput;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.LimitOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.quota.LimitState;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Formats a report as a text table, CSV or JSON. */
final class ReportFormatter {
  private ReportFormatter() {}

  static String table(Report report, Set<GroupBy> by) {
    var table = new TextTable(columns(by));
    var sum = UsageFigures.ZERO;
    for (var row : report.rows(by)) {
      sum = sum.plus(row.figures());
      var cells = names(row);
      cells.addAll(cells(row.figures()));
      table.row(cells);
    }
    var total = new ArrayList<>(List.of("total"));
    names(by).skip(1).forEach(_ -> total.add(""));
    total.addAll(cells(sum));
    table.row(total);
    return table.toString();
  }

  private static List<Column> columns(Set<GroupBy> by) {
    var figures =
        Stream.of(
            "REQUESTS", "PROMPT", "CACHED", "COMPLETION", "TOTAL", "COST", "UNPRICED", "ESTIMATED");
    return Stream.concat(
            names(by).map(name -> Column.text(name.toUpperCase(Locale.ROOT))),
            figures.map(Column::number))
        .toList();
  }

  private static Stream<String> names(Set<GroupBy> by) {
    return Stream.of(
            Stream.of("tenant"),
            by.contains(GroupBy.DAY) ? Stream.of("day") : Stream.<String>of(),
            by.contains(GroupBy.MODEL) ? Stream.of("model") : Stream.<String>of(),
            by.contains(GroupBy.USER) ? Stream.of("user") : Stream.<String>of())
        .flatMap(name -> name);
  }

  private static List<String> names(Report.Row row) {
    var names = new ArrayList<String>();
    names.add(row.tenant().value());
    row.day().ifPresent(day -> names.add(day.toString()));
    row.model().ifPresent(names::add);
    row.user().ifPresent(user -> names.add(user.name()));
    return names;
  }

  private static List<String> cells(UsageFigures figures) {
    var totals = figures.totals();
    return List.of(
        Amounts.whole(totals.calls()),
        Amounts.whole(totals.prompt()),
        Amounts.whole(totals.cached()),
        Amounts.whole(totals.completion()),
        Amounts.whole(totals.tokens()),
        cost(figures),
        Amounts.whole(figures.unpriced()),
        Amounts.whole(totals.estimated()));
  }

  /** What usage cost, rounded; that it had no price if nothing was charged for that reason. */
  static String cost(UsageFigures figures) {
    return figures.hasNoCost() ? "no price" : Amounts.dollars(figures.microUsd());
  }

  static String csv(Report report, Set<GroupBy> by) {
    var csv = new CsvOutput();
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
                    "estimated_requests",
                    "unpriced_requests"))
            .toList());
    for (var row : report.rows(by)) {
      csv.line(names(row), numbers(row.figures()));
    }
    return csv.toString();
  }

  private static List<Long> numbers(UsageFigures figures) {
    var totals = figures.totals();
    return List.of(
        totals.calls(),
        totals.prompt(),
        totals.cached(),
        totals.completion(),
        totals.tokens(),
        totals.microUsd(),
        totals.estimated(),
        figures.unpriced());
  }

  /** The format of {@code GET /v1/usage}, with the tenant and the unpriced calls in each row. */
  static String json(Report report, Set<GroupBy> by) {
    return JsonOutput.pretty(json -> {
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
    if (row.user().isPresent()) {
      write(json, row.user().get());
    }
    var totals = row.figures().totals();
    json.writeNumberField("requests", totals.calls());
    writeTokens(json, totals);
    json.writeNumberField("cost_micro_usd", totals.microUsd());
    json.writeNumberField("estimated_requests", totals.estimated());
    json.writeNumberField("unpriced_requests", row.figures().unpriced());
    json.writeEndObject();
  }

  /** Calls without a person and the other persons have no ID; the number tells them apart. */
  private static void write(JsonGenerator json, Report.UserUsage user) throws IOException {
    if (user.id().isPresent()) {
      json.writeStringField("user", user.id().get());
    } else {
      json.writeNullField("user");
    }
    json.writeNumberField("users", user.users());
  }

  /** Writes the token counts under the names of the API. */
  static void writeTokens(JsonGenerator json, UsageTotals totals) throws IOException {
    json.writeNumberField("prompt_tokens", totals.prompt());
    json.writeNumberField("cached_tokens", totals.cached());
    json.writeNumberField("completion_tokens", totals.completion());
    json.writeNumberField("total_tokens", totals.tokens());
  }

  private static void write(JsonGenerator json, TenantId tenant, LimitState limit)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("tenant", tenant.value());
    LimitOutput.write(json, limit);
    json.writeEndObject();
  }
}
