package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.LimitOutput;
import dev.chatgate.cli.text.QuotaText;
import dev.chatgate.quota.LimitState;
import java.util.Comparator;
import java.util.List;

/** Formats where the tenants stand in their limits, the fullest first. */
final class PageLimits {
  private static final double PERCENT = 100.0;

  /** Percent above which a limit is marked as nearly used up. */
  private static final double NEARLY_USED_UP = 90.0;

  /** Percent above which a limit is shown without a click. */
  private static final double HALF = 50.0;

  private static final int MAX_OPEN = 24;

  /** Limits on the page, so that it stays small with many tenants. */
  private static final int MAX_LIMITS = 500;

  private static final Comparator<Standing> FULLEST_FIRST =
      Comparator.comparingDouble(Standing::percent)
          .reversed()
          .thenComparing(Standing::tenant)
          .thenComparing(standing -> standing.limit().limit().key());

  private final HtmlBuilder html;
  private final List<Standing> standings;

  PageLimits(HtmlBuilder html, Report report) {
    this.html = html;
    this.standings = fullestFirst(report);
  }

  /**
   * Where a tenant stands in a limit.
   *
   * @param tenant the tenant
   * @param limit the limit
   */
  record Standing(String tenant, LimitState limit) {
    long used() {
      return limit.allowed() - limit.remaining();
    }

    /** What is used or held; all of a limit of 0, which blocks every call. */
    double percent() {
      return limit.allowed() == 0 ? PERCENT : PERCENT * used() / limit.allowed();
    }

    String text() {
      return QuotaText.amount(limit.limit(), used())
          + " of "
          + limit.limit().label().formatted(QuotaText.amount(limit.limit(), limit.allowed()));
    }
  }

  /** All limits of all tenants. */
  static List<Standing> fullestFirst(Report report) {
    return report.tenants().stream()
        .flatMap(
            part -> part.limits().stream().map(limit -> new Standing(part.tenant().value(), limit)))
        .sorted(FULLEST_FIRST)
        .toList();
  }

  void write() {
    if (standings.isEmpty()) {
      return;
    }
    html.raw("<section class=\"limits\">").element("h2", "Limits, the fullest first");
    int open = open();
    if (open == 0) {
      html.element("p", "No limit is used above 50 %.");
    }
    html.raw("<ul>");
    standings.subList(0, open).forEach(this::gauge);
    html.raw("</ul>");
    if (open < standings.size()) {
      html.raw("<details>").element("summary", folded(standings.subList(open, standings.size())));
      html.raw("<ul class=\"low\">");
      standings.stream().limit(MAX_LIMITS).skip(open).forEach(this::line);
      html.raw("</ul>");
      if (standings.size() > MAX_LIMITS) {
        html.element("p", "remark", "All limits: chatgate usage report --json");
      }
      html.raw("</details>");
    }
    html.raw("</section>");
  }

  private int open() {
    return Math.toIntExact(
        standings.stream().limit(MAX_OPEN).filter(each -> each.percent() > HALF).count());
  }

  private String folded(List<Standing> rest) {
    var more =
        (rest.size() < standings.size() ? "and " : "")
            + Amounts.whole(rest.size())
            + (rest.size() < standings.size() ? " more" : "");
    var fullest = rest.getFirst();
    return fullest.percent() > HALF ? more + ", up to " + percent(fullest) : more + " below 50 %";
  }

  private static String percent(Standing standing) {
    return (int) Math.floor(standing.percent()) + "\u00A0%";
  }

  private static String begin(Standing standing) {
    return standing.percent() > NEARLY_USED_UP ? "<li class=\"full\">" : "<li>";
  }

  private void gauge(Standing standing) {
    var width = Math.min(PERCENT, standing.percent());
    html.raw(begin(standing))
        .element("b", standing.tenant())
        .element("span", "percent", percent(standing))
        .raw("<svg aria-hidden=\"true\"><rect class=\"used\" height=\"100%\"")
        .rawf(" width=\"%.2f%%\"/>", width)
        .raw("<line class=\"mark\" x1=\"90%\" x2=\"90%\" y2=\"100%\"/></svg>")
        .element("span", "text", standing.text())
        .element("span", "whole", resets(standing))
        .raw("</li>");
  }

  private static String resets(Standing standing) {
    return standing.limit().allowed() == 0
        ? "blocks every call"
        : LimitOutput.resetsAt(standing.limit())
            .map(at -> "resets " + PageText.time(at))
            .orElse("");
  }

  private void line(Standing standing) {
    html.raw(begin(standing))
        .element("span", standing.tenant())
        .element("span", standing.text())
        .element("span", percent(standing))
        .raw("</li>");
  }
}
