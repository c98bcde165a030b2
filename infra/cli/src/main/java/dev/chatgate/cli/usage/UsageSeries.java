package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.usage.Report.Row;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** Calculates the data of the page's charts. */
final class UsageSeries {
  /** Colours of tenants. If there are more tenants, the last one is not used. */
  static final int COLOURS = 7;

  /** The colour of all other tenants together. */
  static final int REST = COLOURS;

  private static final int MAX_BARS = 10;
  private static final Comparator<Bar> LARGEST_FIRST =
      Comparator.comparingLong((Bar bar) -> bar.figures().tokens())
          .reversed()
          .thenComparing(Bar::name)
          .thenComparing(Bar::detail);

  private final Report report;

  UsageSeries(Report report) {
    this.report = report;
  }

  /**
   * A bar of a bar chart.
   *
   * @param name the bar's label
   * @param detail the tenant of a person, else empty
   * @param figures the usage
   * @param rest whether it is a sum of what has no bar of its own
   */
  record Bar(String name, String detail, UsageFigures figures, boolean rest) {}

  /**
   * A part of each column.
   *
   * @param name the tenant, or what the other tenants are called
   * @param colour the tenant's colour, the same in all charts
   * @param values the values by day, none below 0
   */
  record Segment(String name, int colour, List<Long> values) {
    private long sum() {
      return values.stream().mapToLong(value -> value).sum();
    }
  }

  /**
   * A stacked column chart with one column per day.
   *
   * @param days all days of the report in order
   * @param segments the parts of each column, the largest first; the other tenants are last
   */
  record Series(List<LocalDate> days, List<Segment> segments) {
    /** The height of the highest column. */
    long max() {
      return IntStream.range(0, days.size()).mapToLong(this::sum).max().orElse(0);
    }

    /** The height of a day's column. */
    long sum(int day) {
      return segments.stream().mapToLong(segment -> segment.values().get(day)).sum();
    }
  }

  /**
   * Usage by day and tenant.
   *
   * @param figure the figure to chart
   */
  Series byDay(ToLongFunction<UsageFigures> figure) {
    var days = report.from().datesUntil(report.to().plusDays(1)).toList();
    var colours = colours();
    var sums = new TreeMap<Integer, long[]>();
    for (var row : report.rows(Set.of(GroupBy.DAY))) {
      int colour = colours.getOrDefault(row.tenant().value(), REST);
      int day = days.indexOf(row.day().orElseThrow());
      sums.computeIfAbsent(colour, _ -> new long[days.size()])[day] +=
          figure.applyAsLong(row.figures());
    }
    var names = new HashMap<Integer, String>();
    colours.forEach((name, colour) -> names.put(colour, name));
    var segments = new ArrayList<Segment>();
    sums.forEach((colour, values) -> segments.add(segment(names, colour, values)));
    segments.removeIf(segment -> segment.sum() == 0);
    segments.sort(
        Comparator.comparing((Segment segment) -> segment.colour() == REST)
            .thenComparing(Comparator.comparingLong(Segment::sum).reversed())
            .thenComparingInt(Segment::colour));
    return new Series(days, segments);
  }

  private Segment segment(Map<Integer, String> names, int colour, long[] values) {
    var name = names.get(colour);
    return new Segment(
        name == null ? Amounts.count(report.rows(Set.of()).size() - names.size(), "other") : name,
        colour,
        Arrays.stream(values).map(value -> Math.max(0, value)).boxed().toList());
  }

  /**
   * The tenants with a colour of their own: those with the largest shares, of all tokens or of the
   * whole cost. So the charts of both have the same colours.
   */
  private Map<String, Integer> colours() {
    var total = report.total();
    var rows = new ArrayList<>(report.rows(Set.of()));
    rows.sort(
        Comparator.comparingDouble((Row row) -> share(row.figures(), total))
            .reversed()
            .thenComparing(row -> row.tenant().value()));
    int named = rows.size() <= COLOURS ? rows.size() : COLOURS - 1;
    var colours = new HashMap<String, Integer>();
    rows.stream().limit(named).forEach(row -> colours.put(row.tenant().value(), colours.size()));
    return colours;
  }

  private static double share(UsageFigures figures, UsageFigures total) {
    return Math.max(
        (double) figures.tokens() / Math.max(1, total.tokens()),
        (double) figures.microUsd() / Math.max(1, total.microUsd()));
  }

  /** Usage by tenant, the most tokens first. */
  List<Bar> byTenant() {
    return top(
        report.rows(Set.of()).stream()
            .map(row -> new Bar(row.tenant().value(), "", row.figures(), false))
            .toList());
  }

  /** Usage by model, the most tokens first. */
  List<Bar> byModel() {
    Map<String, UsageFigures> sums = new HashMap<>();
    report
        .rows(Set.of(GroupBy.MODEL))
        .forEach(row -> sums.merge(row.model().orElseThrow(), row.figures(), UsageFigures::plus));
    return top(
        sums.entrySet().stream()
            .map(sum -> new Bar(sum.getKey(), "", sum.getValue(), false))
            .toList());
  }

  /** Usage by person, the most tokens first; empty unless the report is by person. */
  List<Bar> byPerson() {
    var persons = new ArrayList<Bar>();
    var others = UsageFigures.ZERO;
    var none = UsageFigures.ZERO;
    long users = 0;
    for (var row : report.rows(Set.of(GroupBy.USER))) {
      var user = row.user().orElseThrow();
      if (user.id().isPresent()) {
        persons.add(new Bar(user.name(), row.tenant().value(), user.figures(), false));
      } else if (user.users() == 0) {
        none = none.plus(user.figures());
      } else {
        others = others.plus(user.figures());
        users += user.users();
      }
    }
    persons.sort(LARGEST_FIRST);
    var bars = new ArrayList<>(persons.subList(0, Math.min(MAX_BARS, persons.size())));
    users += persons.size() - bars.size();
    others = others.plus(sum(persons.subList(bars.size(), persons.size())));
    if (users > 0) {
      bars.add(new Bar(Amounts.count(users, "other"), "", others, true));
    }
    if (!none.equals(UsageFigures.ZERO)) {
      bars.add(new Bar(UsageGroups.WITHOUT_PERSON, "", none, true));
    }
    return bars;
  }

  private static List<Bar> top(List<Bar> bars) {
    var sorted = bars.stream().sorted(LARGEST_FIRST).toList();
    if (sorted.size() <= MAX_BARS + 1) {
      return sorted;
    }
    var top = new ArrayList<>(sorted.subList(0, MAX_BARS));
    var rest = sorted.subList(MAX_BARS, sorted.size());
    top.add(new Bar(Amounts.count(rest.size(), "other"), "", sum(rest), true));
    return top;
  }

  private static UsageFigures sum(List<Bar> bars) {
    return bars.stream().map(Bar::figures).reduce(UsageFigures.ZERO, UsageFigures::plus);
  }
}
