package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.usage.Report.TenantUsage;
import dev.chatgate.cli.usage.Report.UserUsage;
import dev.chatgate.cli.usage.UsageSeries.Bar;
import dev.chatgate.cli.usage.UsageSeries.Segment;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The data of the charts: order, colours, and what is summed. */
class UsageSeriesTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 8);

  private static UsageFigures figures(long tokens, long microUsd) {
    return UsageFigures.priced(new UsageTotals(1, tokens, 0, 0, microUsd, 0));
  }

  private static TenantUsage tenant(String id, long tokens, long microUsd) {
    return tenant(id, Map.of(new DayAndModel(DAY, "m"), figures(tokens, microUsd)), List.of());
  }

  private static TenantUsage tenant(
      String id, Map<DayAndModel, UsageFigures> usage, List<UserUsage> users) {
    return new TenantUsage(new TenantId(id), new TreeMap<>(usage), List.of(), users);
  }

  private static UsageSeries series(List<TenantUsage> tenants) {
    return new UsageSeries(new Report(DAY, DAY.plusDays(1), tenants));
  }

  private static List<String> names(List<Segment> segments) {
    return segments.stream().map(Segment::name).toList();
  }

  @Test
  void eachChartHasItsOwnOrderAndATenantHasOneColour() {
    var series = series(List.of(tenant("a", 10, 900), tenant("b", 30, 0), tenant("c", 20, 950)));
    var tokens = series.byDay(UsageFigures::tokens).segments();
    var cost = series.byDay(UsageFigures::microUsd).segments();
    assertEquals(List.of("b", "c", "a"), names(tokens));
    assertEquals(List.of("c", "a"), names(cost), "b costs nothing");
    var colours = new HashMap<String, Integer>();
    tokens.forEach(segment -> colours.put(segment.name(), segment.colour()));
    cost.forEach(segment -> assertEquals(colours.get(segment.name()), segment.colour()));
    assertEquals(3, Map.copyOf(colours).values().stream().distinct().count());
  }

  @Test
  void sevenTenantsHaveColoursAndOfMoreTheSixLargest() {
    var tenants = new ArrayList<TenantUsage>();
    for (int i = 1; i <= 7; i++) {
      tenants.add(tenant("t" + i, i, i));
    }
    assertEquals(7, series(tenants).byDay(UsageFigures::tokens).segments().size());
    tenants.add(tenant("costly", 0, 1_000));
    var series = series(tenants);
    var tokens = series.byDay(UsageFigures::tokens).segments();
    assertEquals(List.of("t7", "t6", "t5", "t4", "t3", "2 others"), names(tokens));
    assertEquals(UsageSeries.REST, tokens.getLast().colour());
    assertEquals("costly", names(series.byDay(UsageFigures::microUsd).segments()).getFirst());
  }

  @Test
  void theOthersAreLastEvenIfTheyAreTheLargest() {
    var tenants = new ArrayList<TenantUsage>();
    for (int i = 0; i < 40; i++) {
      tenants.add(tenant("t" + i, 100 + i, 1));
    }
    var series = series(tenants);
    var segments = series.byDay(UsageFigures::tokens).segments();
    assertEquals("34 others", segments.getLast().name());
    assertTrue(segments.getLast().values().getFirst() > segments.getFirst().values().getFirst());
    var bars = series.byTenant();
    assertEquals(11, bars.size());
    assertEquals("t39", bars.getFirst().name());
    assertTrue(bars.getLast().rest());
    assertEquals("30 others", bars.getLast().name());
    assertEquals(4_000 + 39 * 40 / 2, bars.stream().mapToLong(bar -> bar.figures().tokens()).sum());
  }

  @Test
  void aColumnHasNoNegativePart() {
    var usage =
        Map.of(
            new DayAndModel(DAY, "m"),
            figures(-5, 0),
            new DayAndModel(DAY.plusDays(1), "m"),
            figures(9, 1));
    var chart = series(List.of(tenant("a", usage, List.of()))).byDay(UsageFigures::tokens);
    assertEquals(List.of(0L, 9L), chart.segments().getFirst().values());
    assertEquals(9, chart.max());
    assertEquals(2, chart.days().size());
  }

  @Test
  void modelsAreSummedOverTenants() {
    var series = series(List.of(tenant("a", 10, 1), tenant("b", 30, 2)));
    assertEquals(
        List.of(new Bar("m", "", figures(10, 1).plus(figures(30, 2)), false)), series.byModel());
  }

  @Test
  void thePersonsOfAllTenantsAreInOneOrderThenTheOthersThenCallsWithoutAPerson() {
    var users = new ArrayList<UserUsage>();
    for (int i = 0; i < 12; i++) {
      users.add(new UserUsage(Optional.of("p" + i), 1, figures(10L * i, 0)));
    }
    users.add(new UserUsage(Optional.empty(), 5, figures(1_000, 0)));
    users.add(new UserUsage(Optional.empty(), 0, figures(2_000, 0)));
    var other = List.of(new UserUsage(Optional.of("p3"), 1, figures(500, 0)));
    var bars =
        series(List.of(tenant("a", Map.of(), users), tenant("b", Map.of(), other))).byPerson();
    assertEquals(new Bar("p3", "b", figures(500, 0), false), bars.getFirst());
    assertEquals(new Bar("p11", "a", figures(110, 0), false), bars.get(1));
    assertEquals(
        List.of("8 others", "without a person"),
        bars.stream().filter(Bar::rest).map(Bar::name).toList());
    assertEquals(12, bars.size());
    assertEquals(3_500 + 10 * 66, bars.stream().mapToLong(bar -> bar.figures().tokens()).sum());
    assertEquals(List.of(), series(List.of(tenant("a", 1, 1))).byPerson());
  }
}
