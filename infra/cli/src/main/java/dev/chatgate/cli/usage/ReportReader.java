package dev.chatgate.cli.usage;

import dev.chatgate.cli.shell.Progress;
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

/** Reads a report, tenant by tenant, long ranges in parts. */
final class ReportReader {
  private static final int DAYS_AT_ONCE = 92;

  private final UsageReader reader;
  private final Progress progress;

  ReportReader(UsageReader reader, Progress progress) {
    this.reader = reader;
    this.progress = progress;
  }

  private record Span(LocalDate from, LocalDate to) {}

  Report read(Collection<Tenant> tenants, LocalDate from, LocalDate to) {
    var spans = spans(from, to);
    progress.begin("Reading usage", (long) tenants.size() * spans.size());
    var parts = new ArrayList<Report.OfTenant>();
    for (var tenant : tenants) {
      parts.add(read(tenant, spans));
    }
    progress.end();
    return new Report(from, to, parts);
  }

  private Report.OfTenant read(Tenant tenant, List<Span> spans) {
    var tallies = new TreeMap<DayAndModel, UsageTotals>();
    List<LimitState> limits = List.of();
    for (var span : spans) {
      var usage = reader.read(tenant, span.from(), span.to(), Function.identity());
      tallies.putAll(usage.tallies());
      limits = usage.limits();
      progress.step();
    }
    return new Report.OfTenant(tenant.id(), tallies, limits);
  }

  private static List<Span> spans(LocalDate from, LocalDate to) {
    var spans = new ArrayList<Span>();
    for (var first = from; !first.isAfter(to); first = first.plusDays(DAYS_AT_ONCE)) {
      var last = first.plusDays(DAYS_AT_ONCE - 1);
      spans.add(new Span(first, last.isAfter(to) ? to : last));
    }
    return spans;
  }
}
