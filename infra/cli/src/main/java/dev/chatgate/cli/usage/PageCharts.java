package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.usage.UsageSeries.Bar;
import dev.chatgate.cli.usage.UsageSeries.Segment;
import dev.chatgate.cli.usage.UsageSeries.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * Formats the page's charts as scalable SVG. Their labels are HTML or keep their size, so that they
 * stay readable on a phone.
 */
final class PageCharts {
  private static final double PERCENT = 100.0;

  /** The part of a day's width that its column leaves free on each side. */
  private static final double GAP = 0.1;

  private final HtmlBuilder html;
  private final UsageSeries series;
  private final UsageFigures total;

  PageCharts(HtmlBuilder html, Report report) {
    this.html = html;
    this.series = new UsageSeries(report);
    this.total = report.total();
  }

  void write() {
    html.raw("<div class=\"charts\">");
    var tokens = series.byDay(UsageFigures::tokens);
    var scale = Scale.of(tokens.max());
    byDay("Tokens by day", tokens, scale, scale::number, Amounts::brief);
    if (total.microUsd() > 0) {
      var cost = series.byDay(UsageFigures::microUsd);
      var dollars = Scale.of(cost.max());
      byDay("Cost by day", cost, dollars, dollars::dollars, Amounts::briefDollars);
    }
    html.raw("</div><div class=\"shares\">");
    bars("Tenants by tokens", series.byTenant());
    bars("Models by tokens", series.byModel());
    bars("Persons by tokens", series.byPerson());
    html.raw("</div>");
  }

  /** A column per day, a colour per tenant. */
  private void byDay(
      String title,
      Series chart,
      Scale scale,
      LongFunction<String> tick,
      LongFunction<String> amount) {
    html.raw("<section>").element("h2", title);
    html.raw("<div class=\"plot\"><div class=\"scale\">");
    scale.ticks().forEach(value -> html.element("span", tick.apply(value)));
    html.raw("</div><div class=\"area\">");
    columns(title, chart, scale, amount);
    html.raw("</div>");
    days(chart);
    html.raw("</div>");
    legend(chart.segments());
    html.raw("</section>");
  }

  private void columns(String title, Series chart, Scale scale, LongFunction<String> amount) {
    int days = chart.days().size();
    html.rawf("<svg role=\"img\" viewBox=\"0 0 %d 100\" preserveAspectRatio=\"none\">", days);
    html.element("title", title + ", one column per day, one colour per tenant");
    html.raw("<path class=\"grid\" d=\"");
    for (int step = 0; step < scale.steps(); step++) {
      html.rawf("M0 %.2fH%d", PERCENT * step / scale.steps(), days);
    }
    html.raw("\"/>");
    var bottoms = new double[days];
    for (var segment : chart.segments()) {
      html.rawf("<path class=\"c%d\" d=\"", segment.colour());
      for (int day = 0; day < days; day++) {
        bottoms[day] = box(day, bottoms[day], PERCENT * segment.values().get(day) / scale.top());
      }
      html.raw("\"/>");
    }
    for (int day = 0; day < days; day++) {
      if (chart.sum(day) > 0) {
        html.rawf("<rect class=\"hit\" x=\"%d\" width=\"1\" height=\"100\">", day);
        html.element("title", text(chart, day, amount)).raw("</rect>");
      }
    }
    html.raw("</svg>");
  }

  /** Draws a part of a column and returns where the next part begins, both from the bottom up. */
  private double box(int day, double bottom, double height) {
    if (height > 0) {
      html.rawf(
          "M%.1f %.2fh%.1fv%.2fh-%.1fz",
          day + GAP, PERCENT - bottom - height, 1 - 2 * GAP, height, 1 - 2 * GAP);
    }
    return bottom + height;
  }

  private static String text(Series chart, int day, LongFunction<String> amount) {
    return DayAxis.name(chart.days().get(day))
        + ": "
        + amount.apply(chart.sum(day))
        + chart.segments().stream()
            .filter(segment -> segment.values().get(day) > 0)
            .map(segment -> segment.name() + " " + amount.apply(segment.values().get(day)))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private void days(Series chart) {
    html.raw("<svg class=\"days\" aria-hidden=\"true\">");
    for (var label : DayAxis.labels(chart.days())) {
      double middle = PERCENT * (label.index() + 1.0 / 2) / chart.days().size();
      html.rawf("<text x=\"%.2f%%\" y=\"1em\">", middle).text(label.day()).raw("</text>");
      if (!label.year().isEmpty()) {
        html.rawf("<text x=\"%.2f%%\" y=\"2.3em\">", middle).text(label.year()).raw("</text>");
      }
    }
    html.raw("</svg>");
  }

  private void legend(List<Segment> segments) {
    html.raw("<ul class=\"legend\">");
    for (var segment : segments) {
      html.raw("<li><svg class=\"key\" viewBox=\"0 0 1 1\" aria-hidden=\"true\">")
          .rawf("<rect class=\"c%d\" width=\"1\" height=\"1\"/></svg>", segment.colour())
          .element("span", segment.name())
          .raw("</li>");
    }
    html.raw("</ul>");
  }

  /** A sum of what has no bar of its own has none either: it could be longer than the largest. */
  private void bars(String title, List<Bar> bars) {
    if (bars.isEmpty()) {
      return;
    }
    long max = Math.max(1, bars.getFirst().figures().tokens());
    html.raw("<section>").element("h2", title).raw("<ul class=\"bars\">");
    for (var bar : bars) {
      html.raw(bar.rest() ? "<li class=\"rest\">" : "<li>").raw("<span class=\"name\">");
      html.text(bar.name());
      if (!bar.detail().isEmpty()) {
        html.raw(" ").element("small", bar.detail());
      }
      html.raw("</span>").element("span", "number", numbers(bar.figures()));
      if (!bar.rest()) {
        html.raw("<svg aria-hidden=\"true\"><rect class=\"share\" height=\"100%\"")
            .rawf(" width=\"%.2f%%\"/></svg>", PERCENT * Math.max(0, bar.figures().tokens()) / max);
      }
      html.raw("</li>");
    }
    html.raw("</ul></section>");
  }

  private static String percent(long part, long whole) {
    return (part > 0 && part < whole / PERCENT ? "<1" : Math.round(PERCENT * part / whole))
        + "\u00A0%";
  }

  private String numbers(UsageFigures figures) {
    var numbers = new ArrayList<String>();
    numbers.add(Amounts.brief(figures.tokens()));
    numbers.add(percent(figures.tokens(), Math.max(1, total.tokens())));
    numbers.add(figures.hasNoCost() ? "no price" : Amounts.briefDollars(figures.microUsd()));
    return String.join(" · ", numbers);
  }
}
