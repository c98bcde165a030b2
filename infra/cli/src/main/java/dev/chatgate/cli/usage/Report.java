package dev.chatgate.cli.usage;

import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Usage of tenants over a range of days.
 *
 * @param from first UTC day, inclusive
 * @param to last UTC day, inclusive
 * @param tenants one part per tenant, sorted by ID
 */
record Report(LocalDate from, LocalDate to, List<TenantUsage> tenants) {

  Report {
    tenants = List.copyOf(tenants);
  }

  /**
   * The usage of one tenant.
   *
   * @param tenant the tenant
   * @param totals usage by day and model, without zero entries
   * @param limits the tenant's limits and their current state
   */
  record TenantUsage(
      TenantId tenant, SortedMap<DayAndModel, UsageTotals> totals, List<LimitState> limits) {}

  /**
   * A row of the report.
   *
   * @param tenant the tenant
   * @param day the UTC day, if the report is grouped by day
   * @param model the model, if the report is grouped by model
   * @param totals the usage
   */
  record Row(
      TenantId tenant, Optional<LocalDate> day, Optional<String> model, UsageTotals totals) {}

  private record Group(Optional<LocalDate> day, Optional<String> model)
      implements Comparable<Group> {
    private static final Comparator<Group> ORDER =
        Comparator.comparing((Group group) -> group.day.orElse(LocalDate.MIN))
            .thenComparing(group -> group.model.orElse(""));

    @Override
    public int compareTo(Group other) {
      return ORDER.compare(this, other);
    }
  }

  /** The rows, sorted by tenant, day and model. */
  List<Row> rows(Set<GroupBy> by) {
    var rows = new ArrayList<Row>();
    for (var part : tenants) {
      var sums = new TreeMap<Group, UsageTotals>();
      part.totals().forEach((key, total) -> sums.merge(group(key, by), total, UsageTotals::plus));
      sums.forEach(
          (group, total) -> rows.add(new Row(part.tenant(), group.day(), group.model(), total)));
    }
    return rows;
  }

  private static Group group(DayAndModel key, Set<GroupBy> by) {
    return new Group(
        by.contains(GroupBy.DAY) ? Optional.of(key.day()) : Optional.empty(),
        by.contains(GroupBy.MODEL) ? Optional.of(key.model()) : Optional.empty());
  }

  /** The sum over all tenants. */
  UsageTotals total() {
    return tenants.stream()
        .flatMap(part -> part.totals().values().stream())
        .reduce(UsageTotals.ZERO, UsageTotals::plus);
  }
}
