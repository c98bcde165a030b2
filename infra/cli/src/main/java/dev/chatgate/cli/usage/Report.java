package dev.chatgate.cli.usage;

import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.TenantId;
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
   * @param usage usage by day and model, without zero entries
   * @param limits the tenant's limits and their current state
   * @param users usage by person; empty unless the report is grouped by person
   */
  record TenantUsage(
      TenantId tenant,
      SortedMap<DayAndModel, UsageFigures> usage,
      List<LimitState> limits,
      List<UserUsage> users) {}

  /**
   * The usage of one person, of the other persons together, or of the calls without a person.
   *
   * @param id the person's ID; absent for the other two
   * @param users number of persons: 1 with an ID, 0 for calls without a person
   * @param figures the usage
   */
  record UserUsage(Optional<String> id, long users, UsageFigures figures) {
    /** The ID, {@code (other)} or {@code (none)}. */
    String name() {
      return id.orElse(users == 0 ? "(none)" : "(other)");
    }
  }

  /**
   * A row of the report.
   *
   * @param tenant the tenant
   * @param day the UTC day, if the report is grouped by day
   * @param model the model, if the report is grouped by model
   * @param user the person, if the report is grouped by person
   * @param figures the usage
   */
  record Row(
      TenantId tenant,
      Optional<LocalDate> day,
      Optional<String> model,
      Optional<UserUsage> user,
      UsageFigures figures) {}

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

  /**
   * The rows, sorted by tenant, day and model. Persons come in the order of {@link TenantUsage}.
   */
  List<Row> rows(Set<GroupBy> by) {
    var rows = new ArrayList<Row>();
    for (var part : tenants) {
      if (by.contains(GroupBy.USER)) {
        part.users().forEach(user -> rows.add(row(part.tenant(), user)));
        continue;
      }
      var sums = new TreeMap<Group, UsageFigures>();
      part.usage().forEach((key, used) -> sums.merge(group(key, by), used, UsageFigures::plus));
      sums.forEach((group, total) ->
          rows.add(new Row(part.tenant(), group.day(), group.model(), Optional.empty(), total)));
    }
    return rows;
  }

  private static Row row(TenantId tenant, UserUsage user) {
    return new Row(tenant, Optional.empty(), Optional.empty(), Optional.of(user), user.figures());
  }

  private static Group group(DayAndModel key, Set<GroupBy> by) {
    return new Group(
        by.contains(GroupBy.DAY) ? Optional.of(key.day()) : Optional.empty(),
        by.contains(GroupBy.MODEL) ? Optional.of(key.model()) : Optional.empty());
  }

  /** The sum over all tenants. */
  UsageFigures total() {
    return tenants.stream()
        .flatMap(part -> part.usage().values().stream())
        .reduce(UsageFigures.ZERO, UsageFigures::plus);
  }
}
