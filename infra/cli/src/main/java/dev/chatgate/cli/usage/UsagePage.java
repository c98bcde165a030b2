package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.usage.UsageSeries.Bar;
import dev.chatgate.cli.usage.UsageSeries.Series;
import dev.chatgate.quota.LimitState;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Formats a report as one self-contained HTML page, without scripts, fonts or requests. Charts are
 * scalable SVG; their labels are HTML, so that they stay readable on a phone. The page is also
 * well-formed XML.
 */
final class UsagePage {
  private static final double PERCENT = 100.0;

  private final HtmlBuilder html = new HtmlBuilder();
  private final Report report;

  private UsagePage(Report report) {
    this.report = report;
  }

  /**
   * Formats a page.
   *
   * @param report the report
   * @param at the time of reading
   */
  static String of(Report report, Instant at) {
    return new UsagePage(report).page(at);
  }

  private String page(Instant at) {
    html.raw("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head>")
        .raw("<meta charset=\"utf-8\"/>")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
        .raw("<meta name=\"color-scheme\" content=\"light dark\"/>")
        .element("title", "Chatgate usage " + report.from() + " to " + report.to())
        .raw("<style>" + style() + "</style></head><body><main>");
    head(at);
    tiles();
    if (report.total().equals(UsageTotals.ZERO)) {
      html.raw("<section>").element("p", "No usage in this period.").raw("</section>");
    } else {
      charts();
      tables();
    }
    limits();
    return html.raw("</main></body></html>\n").toString();
  }

  private static String style() {
    try (InputStream css = UsagePage.class.getResourceAsStream("usage.css")) {
      if (css == null) {
        throw new IllegalStateException("usage.css is missing from the jar");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void head(Instant at) {
    html.raw("<header>")
        .element("h1", "Usage")
        .element(
            "p",
            "%s to %s, UTC. Generated %s."
                .formatted(
                    report.from(), report.to(), at.truncatedTo(ChronoUnit.SECONDS).toString()))
        .raw("</header>");
  }

  private void tiles() {
    var total = report.total();
    html.raw("<section class=\"tiles\">");
    tile("Requests", Amounts.whole(total.calls()), estimated(total));
    tile("Tokens", Amounts.whole(total.tokens()), parts(total));
    tile("Cost", Amounts.dollars(total.microUsd()), "");
    tile("Tenants", Amounts.whole(report.rows(Set.of()).size()), "with usage");
    html.raw("</section>");
  }

  private static String estimated(UsageTotals totals) {
    return totals.estimated() == 0 ? "" : Amounts.whole(totals.estimated()) + " estimated";
  }

  private static String parts(UsageTotals totals) {
    return "%s prompt (%s cached), %s completion"
        .formatted(
            Amounts.whole(totals.prompt()),
            Amounts.whole(totals.cached()),
            Amounts.whole(totals.completion()));
  }

  private void tile(String name, String figure, String remark) {
    html.raw("<div class=\"tile\">")
        .element("h2", name)
        .element("p", "figure", figure)
        .element("p", "remark", remark)
        .raw("</div>");
  }

  private void charts() {
    var series = new UsageSeries(report);
    byDay("Tokens by day", series.byDay(UsageTotals::tokens), Amounts::whole);
    if (report.total().microUsd() > 0) {
      byDay("Cost by day", series.byDay(UsageTotals::microUsd), Amounts::dollars);
    }
    bars("Tokens by tenant", series.byTenant());
    bars("Tokens by model", series.byModel());
  }

  /** A column per day, a colour per tenant. */
  private void byDay(String title, Series series, LongFunction<String> format) {
    long max = Math.max(1, series.max());
    html.raw("<section>").element("h2", title).raw("<div class=\"plot\"><div class=\"scale\">");
    html.element("span", format.apply(max)).element("span", format.apply(max / 2));
    html.element("span", format.apply(0)).raw("</div><div class=\"area\">");
    columns(series, max, format);
    html.raw("</div></div><div class=\"days\">");
    series.ticks().forEach(day -> html.element("span", day.toString()));
    html.raw("</div>");
    legend(series.names());
    html.raw("</section>");
  }

  private void columns(Series series, long max, LongFunction<String> format) {
    html.rawf(
        "<svg role=\"img\" viewBox=\"0 0 %d 100\" preserveAspectRatio=\"none\">",
        series.days().size());
    html.element("title", "One column per day, one segment per tenant.");
    html.rawf("<path class=\"grid\" d=\"M0 0H%1$d M0 50H%1$d\"/>", series.days().size());
    for (int day = 0; day < series.days().size(); day++) {
      double bottom = PERCENT;
      for (int segment = 0; segment < series.names().size(); segment++) {
        long value = series.value(day, segment);
        double height = PERCENT * Math.max(0, value) / max;
        if (height > 0) {
          bottom -= height;
          html.rawf(
              "<rect class=\"c%d\" x=\"%.2f\" y=\"%.3f\" width=\"0.8\" height=\"%.3f\">",
              segment, day + 0.1, bottom, height);
          html.element(
                  "title",
                  "%s, %s: %s"
                      .formatted(
                          series.days().get(day), series.names().get(segment), format.apply(value)))
              .raw("</rect>");
        }
      }
    }
    html.raw("</svg>");
  }

  private void legend(List<String> names) {
    html.raw("<ul class=\"legend\">");
    for (int i = 0; i < names.size(); i++) {
      html.raw("<li><svg class=\"key\" viewBox=\"0 0 1 1\" aria-hidden=\"true\">")
          .rawf("<rect class=\"c%d\" width=\"1\" height=\"1\"/></svg>", i)
          .element("span", names.get(i))
          .raw("</li>");
    }
    html.raw("</ul>");
  }

  private void bars(String title, List<Bar> bars) {
    long max = Math.max(1, bars.stream().mapToLong(Bar::value).max().orElse(1));
    html.raw("<section>").element("h2", title).raw("<div class=\"bars\">");
    for (var bar : bars) {
      html.raw("<div class=\"bar\">")
          .element("span", "name", bar.name())
          .element("span", "number", Amounts.whole(bar.value()))
          .raw("<svg aria-hidden=\"true\"><rect class=\"track\" width=\"100%\" height=\"100%\"/>")
          .rawf(
              "<rect class=\"c0\" height=\"100%%\" width=\"%.3f%%\"/></svg></div>",
              PERCENT * Math.max(0, bar.value()) / max);
    }
    html.raw("</div></section>");
  }

  private void tables() {
    table("By tenant", Set.of(), List.of("Tenant"));
    table("By tenant and model", Set.of(GroupBy.MODEL), List.of("Tenant", "Model"));
    if (report.tenants().stream().anyMatch(part -> !part.users().isEmpty())) {
      table("By tenant and person", Set.of(GroupBy.USER), List.of("Tenant", "Person"));
    }
    html.raw("<details><summary>By tenant and day</summary>");
    table("", Set.of(GroupBy.DAY), List.of("Tenant", "Day"));
    html.raw("</details>");
  }

  private void table(String title, Set<GroupBy> by, List<String> names) {
    html.raw("<section>");
    if (!title.isEmpty()) {
      html.element("h2", title);
    }
    html.raw("<table><thead><tr>");
    names.forEach(name -> html.element("th", name));
    FIGURES.forEach(name -> html.element("th", "number", name));
    html.raw("</tr></thead><tbody>");
    for (var row : report.rows(by)) {
      html.raw("<tr>");
      cell(names.getFirst(), "", row.tenant().value());
      row.day().ifPresent(day -> cell("Day", "", day.toString()));
      row.model().ifPresent(model -> cell("Model", "", model));
      row.user().ifPresent(user -> cell("Person", "", user.name()));
      figures(row.totals());
      html.raw("</tr>");
    }
    html.raw("</tbody></table></section>");
  }

  private static final List<String> FIGURES =
      List.of("Requests", "Prompt", "Cached", "Completion", "Total", "Cost", "Estimated");

  private void figures(UsageTotals totals) {
    var values =
        List.of(
            Amounts.whole(totals.calls()),
            Amounts.whole(totals.prompt()),
            Amounts.whole(totals.cached()),
            Amounts.whole(totals.completion()),
            Amounts.whole(totals.tokens()),
            Amounts.dollars(totals.microUsd()),
            Amounts.whole(totals.estimated()));
    for (int i = 0; i < values.size(); i++) {
      cell(FIGURES.get(i), "number", values.get(i));
    }
  }

  /** On a phone the column name is shown beside the value instead of the table head. */
  private void cell(String name, String style, String text) {
    html.element("td", Map.of("class", style, "data-name", name), text);
  }

  private void limits() {
    if (report.tenants().stream().allMatch(part -> part.limits().isEmpty())) {
      return;
    }
    html.raw("<section>").element("h2", "Current limits").raw("<div class=\"bars\">");
    report.tenants().forEach(part -> part.limits().forEach(limit -> limit(part.tenant(), limit)));
    html.raw("</div></section>");
  }

  private void limit(TenantId tenant, LimitState limit) {
    LongFunction<String> format = limit.limit().isMoney() ? Amounts::dollars : Amounts::whole;
    long used = limit.allowed() - limit.remaining();
    double share = limit.allowed() == 0 ? PERCENT : PERCENT * used / limit.allowed();
    html.raw("<div class=\"bar\">")
        .element("span", "name", tenant + " · " + limit.limit().key())
        .element("span", "number", format.apply(used) + " of " + format.apply(limit.allowed()))
        .raw("<svg aria-hidden=\"true\"><rect class=\"track\" width=\"100%\" height=\"100%\"/>")
        .rawf(
            "<rect class=\"%s\" height=\"100%%\" width=\"%.3f%%\"/></svg></div>",
            share >= NEARLY_USED_UP ? "full" : "c0", Math.min(PERCENT, share));
  }

  /** Percentage from which a limit is marked as nearly used up. */
  private static final double NEARLY_USED_UP = 90.0;
}
