package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.usage.UsageGroups.Group;
import dev.chatgate.cli.usage.UsageGroups.Line;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rows of the tables: order and sums. */
class UsageGroupsTest {
  private final Report report = SamplePage.report(36);
  private final UsageGroups groups = new UsageGroups(report);

  private static void assertLargestFirst(List<Line> lines) {
    var sizes = lines.stream().map(line -> line.figures().tokens()).toList();
    assertEquals(sizes.stream().sorted(Comparator.reverseOrder()).toList(), sizes);
  }

  @Test
  void tenantsAndModelsAreInTheOrderOfTheirSize() {
    assertLargestFirst(groups.tenants());
    assertLargestFirst(groups.models());
    assertLargestFirst(groups.tenantModels().stream().map(Group::sum).toList());
    groups.tenantModels().forEach(group -> assertLargestFirst(group.lines()));
    assertLargestFirst(groups.tenantPersons().stream().map(Group::sum).toList());
  }

  @Test
  void daysAreInOrder() {
    var days = groups.days().stream().map(Line::name).toList();
    assertEquals(days.stream().sorted().toList(), days);
    assertEquals("2026-11-01", days.getFirst());
    groups
        .tenantDays()
        .forEach(group -> assertEquals(days, group.lines().stream().map(Line::name).toList()));
  }

  @Test
  void everyTableHasTheSameSum() {
    var total = report.total();
    assertEquals(36, groups.tenants().size());
    assertEquals(total, UsageGroups.sum(groups.tenants()));
    assertEquals(total, UsageGroups.sum(groups.models()));
    assertEquals(total, UsageGroups.sum(groups.days()));
    for (var table : List.of(groups.tenantModels(), groups.tenantDays())) {
      assertEquals(total, UsageGroups.sum(table.stream().map(Group::sum).toList()));
      table.forEach(group -> assertEquals(group.sum().figures(), UsageGroups.sum(group.lines())));
    }
  }

  @Test
  void aTenantHasTenPersonsThenTheOthersThenCallsWithoutAPerson() {
    for (var group : groups.tenantPersons()) {
      assertEquals(12, group.lines().size());
      assertEquals(
          List.of("324 others", "without a person"),
          group.lines().stream().skip(10).map(Line::name).toList());
      assertLargestFirst(group.lines().subList(0, 10));
      assertTrue(group.lines().get(10).figures().tokens() > 0);
    }
  }
}
