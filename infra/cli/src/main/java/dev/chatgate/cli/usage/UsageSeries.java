package dev.chatgate.cli.usage;

import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Calculates the data of the page's charts. */
final class UsageSeries {
  /** Tenants with their own colour; the others share one. */
  private static final int MAX_NAMES = 5;

  private static final int MAX_BARS = 12;
  private static final String OTHERS = "others";

  private final Report report;

  UsageSeries(Report report) {
    this.report = report;
  }

  /**
   * A bar of a bar chart.
   *
   * @param name the bar's label
   * @param value the bar's length
   */
  record Bar(String name, long value) {}

  /**
   * A stacked column chart with one column per day.
   *
   * @param days all days of the report in order
   * @param names the tenants that the segments stand for
   * @param values the segments by day, then by name
   */
  record Series(List<LocalDate> days, List<String> names, List<List<Long>> values) {

    long value(int day, int name) {
      return values.get(day).get(name);
    }

    /** The height of the highest column. */
    long max() {
      return values.stream()
          .mapToLong(parts -> parts.stream().mapToLong(part -> Math.max(0, part)).sum())
          .max()
          .orElse(0);
    }

    /** The days that label the axis: the first, the middle and the last. */
    List<LocalDate> ticks() {
      return List.of(days.getFirst(), days.get(days.size() / 2), days.getLast()).stream()
          .distinct()
          .toList();
    }
  }

  /**
   * Usage by day and tenant.
   *
   * @param figure the figure to chart
   */
  Series byDay(ToLongFunction<UsageTotals> figure) {
    var names = names();
    Map<LocalDate, long[]> sums = new HashMap<>();
    for (var row : report.rows(Set.of(GroupBy.DAY))) {
      // A tenant without its own name has index -1, which wraps around to "others", the last.
      int place = Math.floorMod(names.indexOf(row.tenant().value()), names.size());
      sums.computeIfAbsent(row.day().orElseThrow(), _ -> new long[names.size()])[place] +=
          figure.applyAsLong(row.totals());
    }
    var days = report.from().datesUntil(report.to().plusDays(1)).toList();
    var values = new ArrayList<List<Long>>();
    for (var day : days) {
      var parts = sums.getOrDefault(day, new long[names.size()]);
      values.add(Arrays.stream(parts).boxed().toList());
    }
    return new Series(days, names, values);
  }

  /** The tenants with the most tokens, then "others". The order decides the colours. */
  private List<String> names() {
    var names = new ArrayList<String>();
    sorted(
            report.rows(Set.of()).stream()
                .map(row -> new Bar(row.tenant().value(), row.totals().tokens()))
                .toList())
        .forEach(bar -> names.add(bar.name()));
    if (names.size() <= MAX_NAMES + 1) {
      return names;
    }
    var first = new ArrayList<>(names.subList(0, MAX_NAMES));
    first.add(OTHERS);
    return first;
  }

  /** Tokens by tenant, the largest first. */
  List<Bar> byTenant() {
    return top(
        report.rows(Set.of()).stream()
            .map(row -> new Bar(row.tenant().value(), row.totals().tokens()))
            .toList());
  }

  /** Tokens by model, the largest first. */
  List<Bar> byModel() {
    Map<String, Long> sums = new HashMap<>();
    report
        .rows(Set.of(GroupBy.MODEL))
        .forEach(row -> sums.merge(row.model().orElseThrow(), row.totals().tokens(), Long::sum));
    return top(sums.entrySet().stream().map(sum -> new Bar(sum.getKey(), sum.getValue())).toList());
  }

  private static List<Bar> top(List<Bar> bars) {
    var sorted = sorted(bars);
    if (sorted.size() <= MAX_BARS) {
      return sorted;
    }
    var top = new ArrayList<>(sorted.subList(0, MAX_BARS - 1));
    long rest = sorted.stream().skip(MAX_BARS - 1).mapToLong(Bar::value).sum();
    top.add(new Bar(OTHERS, rest));
    return top;
  }

  private static List<Bar> sorted(List<Bar> bars) {
    return bars.stream()
        .sorted(Comparator.comparingLong(Bar::value).reversed().thenComparing(Bar::name))
        .toList();
  }
}
