package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.usage.Report.Row;
import dev.chatgate.cli.usage.Report.TenantUsage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Calculates the data of the page's tables: the most tokens first, days in order. */
final class UsageGroups {
  /** Most persons of a tenant that have a row of their own. */
  private static final int MAX_PERSONS = 10;

  /** The name of the calls without a person. No person is named so: an ID has no spaces. */
  static final String WITHOUT_PERSON = "without a person";

  private static final Comparator<Line> LARGEST_FIRST =
      Comparator.comparingLong((Line line) -> line.figures().tokens())
          .thenComparingLong(line -> line.figures().calls())
          .reversed()
          .thenComparing(Line::name);

  private final Report report;

  UsageGroups(Report report) {
    this.report = report;
  }

  /**
   * A row.
   *
   * @param name what is used, by whom or when
   * @param figures the usage
   */
  record Line(String name, UsageFigures figures) {}

  /**
   * The rows of a tenant.
   *
   * @param sum the tenant's name and whole usage
   * @param lines the parts of it
   */
  record Group(Line sum, List<Line> lines) {}

  List<Line> tenants() {
    return report.rows(Set.of()).stream()
        .map(row -> new Line(row.tenant().value(), row.figures()))
        .sorted(LARGEST_FIRST)
        .toList();
  }

  List<Line> models() {
    return sums(GroupBy.MODEL, row -> row.model().orElseThrow()).stream()
        .sorted(LARGEST_FIRST)
        .toList();
  }

  List<Line> days() {
    return sums(GroupBy.DAY, row -> row.day().orElseThrow().toString());
  }

  private List<Line> sums(GroupBy by, Function<Row, String> name) {
    var sums = new TreeMap<String, UsageFigures>();
    report
        .rows(Set.of(by))
        .forEach(row -> sums.merge(name.apply(row), row.figures(), UsageFigures::plus));
    return sums.entrySet().stream().map(sum -> new Line(sum.getKey(), sum.getValue())).toList();
  }

  List<Group> tenantModels() {
    return groups(
        report.rows(Set.of(GroupBy.MODEL)),
        row -> row.model().orElseThrow(),
        lines -> lines.stream().sorted(LARGEST_FIRST).toList());
  }

  List<Group> tenantDays() {
    return groups(
        report.rows(Set.of(GroupBy.DAY)),
        row -> row.day().orElseThrow().toString(),
        lines -> lines);
  }

  private static List<Group> groups(
      List<Row> rows, Function<Row, String> name, Function<List<Line>, List<Line>> order) {
    var lines = new HashMap<String, List<Line>>();
    rows.forEach(row ->
        lines
            .computeIfAbsent(row.tenant().value(), _ -> new ArrayList<>())
            .add(new Line(name.apply(row), row.figures())));
    return lines.entrySet().stream()
        .map(tenant -> group(tenant.getKey(), order.apply(tenant.getValue())))
        .sorted(Comparator.comparing(Group::sum, LARGEST_FIRST))
        .toList();
  }

  private static Group group(String tenant, List<Line> lines) {
    return new Group(new Line(tenant, sum(lines)), lines);
  }

  /** The sum of some rows. */
  static UsageFigures sum(List<Line> lines) {
    return lines.stream().map(Line::figures).reduce(UsageFigures.ZERO, UsageFigures::plus);
  }

  /** Persons by tenant: the ten largest of each, the others, then calls without a person. */
  List<Group> tenantPersons() {
    return report.tenants().stream()
        .filter(part -> !part.users().isEmpty())
        .map(UsageGroups::persons)
        .sorted(Comparator.comparing(Group::sum, LARGEST_FIRST))
        .toList();
  }

  private static Group persons(TenantUsage part) {
    var lines = new ArrayList<Line>();
    var without = new ArrayList<Line>();
    var others = UsageFigures.ZERO;
    long users = 0;
    for (var user : part.users()) {
      if (user.users() == 0) {
        without.add(new Line(WITHOUT_PERSON, user.figures()));
      } else if (user.id().isPresent() && lines.size() < MAX_PERSONS) {
        lines.add(new Line(user.name(), user.figures()));
      } else {
        others = others.plus(user.figures());
        users += user.users();
      }
    }
    if (users > 0) {
      lines.add(new Line(Amounts.count(users, "other"), others));
    }
    lines.addAll(without);
    return group(part.tenant().value(), lines);
  }
}
