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
 * Who used what.
 *
 * @param from first UTC day, inclusive
 * @param to last UTC day, inclusive
 * @param tenants by name
 */
record Report(LocalDate from, LocalDate to, List<OfTenant> tenants) {

  Report {
    tenants = List.copyOf(tenants);
  }

  /**
   * One tenant's part.
   *
   * @param tenant its name
   * @param tallies what it used, none of them zero
   * @param limits the limits that it has, and where it stands in them
   */
  record OfTenant(
      TenantId tenant, SortedMap<DayAndModel, UsageTotals> tallies, List<LimitState> limits) {}

  /**
   * A row: the tenant, and what else it is about.
   *
   * @param tenant whose
   * @param day the day, if rows are by day
   * @param model the model, if rows are by model
   * @param tally what was used
   */
  record Row(TenantId tenant, Optional<LocalDate> day, Optional<String> model, UsageTotals tally) {}

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

  /** The rows, by tenant, day and model. */
  List<Row> rows(Set<GroupBy> by) {
    var rows = new ArrayList<Row>();
    for (var part : tenants) {
      var sums = new TreeMap<Group, UsageTotals>();
      part.tallies().forEach((key, tally) -> sums.merge(group(key, by), tally, UsageTotals::plus));
      sums.forEach(
          (group, tally) -> rows.add(new Row(part.tenant(), group.day(), group.model(), tally)));
    }
    return rows;
  }

  private static Group group(DayAndModel key, Set<GroupBy> by) {
    return new Group(
        by.contains(GroupBy.DAY) ? Optional.of(key.day()) : Optional.empty(),
        by.contains(GroupBy.MODEL) ? Optional.of(key.model()) : Optional.empty());
  }

  /** All of it. */
  UsageTotals total() {
    return tenants.stream()
        .flatMap(part -> part.tallies().values().stream())
        .reduce(UsageTotals.ZERO, UsageTotals::plus);
  }
}
