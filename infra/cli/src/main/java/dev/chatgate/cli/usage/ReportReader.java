package dev.chatgate.cli.usage;

import dev.chatgate.cli.console.Progress;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads a report, one tenant at a time and in parts of at most 92 days. */
final class ReportReader {
  private static final int MAX_DAYS_PER_READ = 92;

  private final UsageReader reader;
  private final Progress progress;

  ReportReader(UsageReader reader, Progress progress) {
    this.reader = reader;
    this.progress = progress;
  }

  private record DateRange(LocalDate from, LocalDate to) {}

  /** Reads the usage of these tenants from one UTC day to another, both inclusive. */
  Report read(Collection<Tenant> tenants, LocalDate from, LocalDate to) {
    var ranges = ranges(from, to);
    progress.begin("Reading usage", (long) tenants.size() * ranges.size());
    var parts = new ArrayList<Report.TenantUsage>();
    for (var tenant : tenants) {
      parts.add(read(tenant, ranges));
    }
    progress.end();
    return new Report(from, to, parts);
  }

  private Report.TenantUsage read(Tenant tenant, List<DateRange> ranges) {
    var totals = new TreeMap<DayAndModel, UsageTotals>();
    List<LimitState> limits = List.of();
    for (var range : ranges) {
      var usage = reader.read(tenant, range.from(), range.to(), Function.identity());
      totals.putAll(usage.tallies());
      limits = usage.limits();
      progress.step();
    }
    return new Report.TenantUsage(tenant.id(), totals, limits, List.of());
  }

  private static List<DateRange> ranges(LocalDate from, LocalDate to) {
    var ranges = new ArrayList<DateRange>();
    for (var first = from; !first.isAfter(to); first = first.plusDays(MAX_DAYS_PER_READ)) {
      var last = first.plusDays(MAX_DAYS_PER_READ - 1);
      ranges.add(new DateRange(first, last.isAfter(to) ? to : last));
    }
    return ranges;
  }
}
