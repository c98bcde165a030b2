package dev.chatgate.cli.usage;

import dev.chatgate.cli.console.Progress;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.Tenant;
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
  private final PriceCheck prices;
  private final Progress progress;

  /**
   * @param reader reads usage and limits
   * @param prices tells which usage had no price
   * @param progress shows how much has been read
   */
  ReportReader(UsageReader reader, PriceCheck prices, Progress progress) {
    this.reader = reader;
    this.prices = prices;
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
    var all = new TreeMap<DayAndModel, UsageFigures>();
    List<LimitState> limits = List.of();
    for (var range : ranges) {
      var usage = reader.read(tenant, range.from(), range.to(), Function.identity());
      usage.tallies().forEach((key, tally) -> all.put(key, prices.figures(tenant, key, tally)));
      limits = usage.limits();
      progress.step();
    }
    return new Report.TenantUsage(tenant.id(), all, limits, List.of());
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
