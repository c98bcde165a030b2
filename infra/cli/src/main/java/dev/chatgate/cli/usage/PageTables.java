package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.usage.UsageGroups.Group;
import dev.chatgate.cli.usage.UsageGroups.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Formats the page's tables. Each is folded, and shows ten tenants or models until a second click.
 * On a phone the style sheet puts the name of a column before each of its figures.
 */
final class PageTables {
  private static final int TOP = 10;

  /** Cells of one table, so that the page stays small with many tenants. */
  private static final int MAX_CELLS = 5_500;

  private static final List<String> FULL =
      List.of(
          "Requests", "Prompt", "Cached", "Completion", "Tokens", "Cost", "Unpriced", "Estimated");
  private static final List<String> SHORT = List.of("Requests", "Tokens", "Cost", "Unpriced");

  private final HtmlBuilder html;
  private final UsageGroups groups;

  PageTables(HtmlBuilder html, Report report) {
    this.html = html;
    this.groups = new UsageGroups(report);
  }

  /**
   * A table.
   *
   * @param title what its rows are by
   * @param noun what its groups are, in the singular
   * @param first the name of its first column
   * @param figures the names of the others
   * @param command what prints all rows
   */
  private record Table(
      String title, String noun, String first, List<String> figures, String command) {
    int maxRows() {
      return MAX_CELLS / (1 + figures.size());
    }
  }

  void write() {
    html.raw("<section class=\"tables\">").element("h2", "Tables");
    flat(new Table("By tenant", "tenant", "Tenant", FULL, "--by tenant"), groups.tenants(), TOP);
    flat(new Table("By model", "model", "Model", FULL, "--by model"), groups.models(), TOP);
    var days = new Table("By day", "day", "Day", FULL, "--by day");
    flat(days, groups.days(), days.maxRows());
    grouped(
        new Table("By tenant and model", "tenant", "Tenant and model", FULL, "--by model"),
        groups.tenantModels());
    grouped(
        new Table("By tenant and day", "tenant", "Tenant and day", SHORT, "--by day"),
        groups.tenantDays());
    var persons = groups.tenantPersons();
    if (!persons.isEmpty()) {
      grouped(
          new Table("By tenant and person", "tenant", "Tenant and person", SHORT, "--by user"),
          persons);
    }
    html.raw("</section>");
  }

  private void flat(Table table, List<Line> lines, int top) {
    var shown = lines.subList(0, Math.min(lines.size(), table.maxRows()));
    begin(table, shown.size(), lines.size(), top);
    html.raw("<tbody>");
    shown.stream().limit(top).forEach(line -> row(table, line));
    if (shown.size() > top) {
      html.raw("</tbody><tbody class=\"rest\">");
      shown.stream().skip(top).forEach(line -> row(table, line));
    }
    others(table, lines.subList(shown.size(), lines.size()));
    html.raw("</tbody>");
    end(table, lines, lines.size() - shown.size());
  }

  private void grouped(Table table, List<Group> all) {
    var shown = fitting(all, table.maxRows());
    begin(table, shown.size(), all.size(), TOP);
    for (int i = 0; i < shown.size(); i++) {
      html.raw(i < TOP ? "<tbody class=\"group\">" : "<tbody class=\"group rest\">");
      row(table, shown.get(i).sum());
      shown.get(i).lines().forEach(line -> row(table, line));
      html.raw("</tbody>");
    }
    if (shown.size() < all.size()) {
      html.raw("<tbody class=\"group rest\">");
      others(table, all.subList(shown.size(), all.size()).stream().map(Group::sum).toList());
      html.raw("</tbody>");
    }
    end(table, all.stream().map(Group::sum).toList(), all.size() - shown.size());
  }

  /** The first groups, as many as there is room for. */
  private static List<Group> fitting(List<Group> all, int maxRows) {
    var shown = new ArrayList<Group>();
    int rows = 0;
    for (var group : all) {
      rows += 1 + group.lines().size();
      if (rows > maxRows && shown.size() >= TOP) {
        break;
      }
      shown.add(group);
    }
    return shown;
  }

  private void begin(Table table, int shown, int all, int top) {
    html.raw("<details><summary>")
        .element("b", table.title())
        .raw(" ")
        .element("span", Amounts.count(all, table.noun()))
        .raw("</summary>");
    if (shown > top) {
      html.raw("<details class=\"all\"><summary>")
          .element("span", "more", shown < all ? shown + " of " + all : "All " + all)
          .element("span", "less", "Top ten")
          .raw("</summary></details>");
    }
    html.rawf("<table class=\"%s\"><thead><tr>", table.figures().equals(FULL) ? "full" : "short");
    html.element("th", table.first());
    table.figures().forEach(name -> html.element("th", name));
    html.raw("</tr></thead>");
  }

  private void others(Table table, List<Line> lines) {
    if (!lines.isEmpty()) {
      row(table, new Line(Amounts.count(lines.size(), "other"), UsageGroups.sum(lines)));
    }
  }

  private void end(Table table, List<Line> lines, int left) {
    html.raw("<tfoot>");
    row(table, new Line("Total", UsageGroups.sum(lines)));
    html.raw("</tfoot></table>");
    if (left > 0) {
      html.element("p", "remark", "All rows: chatgate usage report " + table.command() + " --csv");
    }
    html.raw("</details>");
  }

  private void row(Table table, Line line) {
    html.raw("<tr>").element("th", line.name());
    var figures = line.figures();
    var totals = figures.totals();
    number(figures.calls());
    if (table.figures().equals(FULL)) {
      number(totals.prompt());
      number(totals.cached());
      number(totals.completion());
    }
    number(figures.tokens());
    html.element("td", cost(figures), ReportFormatter.cost(figures));
    number(figures.unpriced());
    if (table.figures().equals(FULL)) {
      number(totals.estimated());
    }
    html.raw("</tr>");
  }

  private static Map<String, String> cost(UsageFigures figures) {
    return Map.of("class", figures.hasNoCost() ? "unpriced" : "");
  }

  private void number(long value) {
    html.element("td", Amounts.whole(value));
  }
}
