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

/** The numbers behind a page's charts. Pure. */
final class UsageSeries {
  /** Tenants with a colour of their own; the rest shares one. */
  private static final int MOST_NAMES = 5;

  private static final int MOST_BARS = 12;
  private static final String OTHERS = "others";

  private final Report report;

  UsageSeries(Report report) {
    this.report = report;
  }

  /**
   * A bar.
   *
   * @param name what it is of
   * @param value how long it is
   */
  record Bar(String name, long value) {}

  /**
   * A stack for each day.
   *
   * @param days from the first to the last, without a gap
   * @param names whose the parts are
   * @param values by day, then by name
   */
  record Series(List<LocalDate> days, List<String> names, List<List<Long>> values) {

    long value(int day, int name) {
      return values.get(day).get(name);
    }

    /** The highest stack. */
    long most() {
      return values.stream()
          .mapToLong(parts -> parts.stream().mapToLong(part -> Math.max(0, part)).sum())
          .max()
          .orElse(0);
    }

    /** The days to write below: the first, one in the middle, the last. */
    List<LocalDate> ticks() {
      return List.of(days.getFirst(), days.get(days.size() / 2), days.getLast()).stream()
          .distinct()
          .toList();
    }
  }

  /**
   * By day and tenant.
   *
   * @param figure which of the figures
   */
  Series byDay(ToLongFunction<UsageTotals> figure) {
    var names = names();
    Map<LocalDate, long[]> sums = new HashMap<>();
    for (var row : report.rows(Set.of(GroupBy.DAY))) {
      // Whoever has no name of its own, -1, is among the others, the last.
      int place = Math.floorMod(names.indexOf(row.tenant().value()), names.size());
      sums.computeIfAbsent(row.day().orElseThrow(), _ -> new long[names.size()])[place] +=
          figure.applyAsLong(row.tally());
    }
    var days = report.from().datesUntil(report.to().plusDays(1)).toList();
    var values = new ArrayList<List<Long>>();
    for (var day : days) {
      var parts = sums.getOrDefault(day, new long[names.size()]);
      values.add(Arrays.stream(parts).boxed().toList());
    }
    return new Series(days, names, values);
  }

  /** The tenants with most tokens, then the others: one colour each in every chart. */
  private List<String> names() {
    var names = new ArrayList<String>();
    sorted(
            report.rows(Set.of()).stream()
                .map(row -> new Bar(row.tenant().value(), row.tally().tokens()))
                .toList())
        .forEach(bar -> names.add(bar.name()));
    if (names.size() <= MOST_NAMES + 1) {
      return names;
    }
    var first = new ArrayList<>(names.subList(0, MOST_NAMES));
    first.add(OTHERS);
    return first;
  }

  /** Tokens by tenant, most first. */
  List<Bar> byTenant() {
    return top(
        report.rows(Set.of()).stream()
            .map(row -> new Bar(row.tenant().value(), row.tally().tokens()))
            .toList());
  }

  /** Tokens by model, most first. */
  List<Bar> byModel() {
    Map<String, Long> sums = new HashMap<>();
    report
        .rows(Set.of(GroupBy.MODEL))
        .forEach(row -> sums.merge(row.model().orElseThrow(), row.tally().tokens(), Long::sum));
    return top(sums.entrySet().stream().map(sum -> new Bar(sum.getKey(), sum.getValue())).toList());
  }

  private static List<Bar> top(List<Bar> bars) {
    var sorted = sorted(bars);
    if (sorted.size() <= MOST_BARS) {
      return sorted;
    }
    var top = new ArrayList<>(sorted.subList(0, MOST_BARS - 1));
    long rest = sorted.stream().skip(MOST_BARS - 1).mapToLong(Bar::value).sum();
    top.add(new Bar(OTHERS, rest));
    return top;
  }

  private static List<Bar> sorted(List<Bar> bars) {
    return bars.stream()
        .sorted(Comparator.comparingLong(Bar::value).reversed().thenComparing(Bar::name))
        .toList();
  }
}
