package dev.chatgate.cli.usage;

import dev.chatgate.cli.console.Progress;
import dev.chatgate.cli.usage.Report.UserUsage;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sums a tenant's usage by person. Daily totals do not contain persons, so it reads all call
 * records of the period.
 *
 * <p>Memory is bounded: a pass over the records sums a limited number of persons, those with the
 * smallest IDs that are not summed yet. Further persons need further passes.
 */
final class UserUsageReader {
  /** Persons that one pass sums: at most 150 MB, with IDs of 128 characters. */
  static final int MAX_USERS_IN_MEMORY = 500_000;

  /**
   * A record counts on the UTC day on which its reservation was written, but is stored under the
   * time of the call's first attempt. The difference is some seconds of retries, or for a call's
   * correction of its own orphan the rest of its time, at most 20 minutes.
   */
  private static final Duration MARGIN = Duration.ofHours(1);

  private final UsageRecords records;
  private final int top;
  private final int capacity;
  private final Progress progress;

  /**
   * @param records the call records
   * @param top number of persons to report on their own, at least 1
   * @param capacity number of persons that one pass sums, at least 1
   * @param progress shows how much of a pass has been read
   */
  UserUsageReader(UsageRecords records, int top, int capacity, Progress progress) {
    this.records = records;
    this.top = top;
    this.capacity = capacity;
    this.progress = progress;
  }

  /**
   * Returns the report with the usage by person of each of its tenants.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Report addTo(Report report) {
    var parts = new ArrayList<Report.TenantUsage>();
    for (var part : report.tenants()) {
      var users = read(part.tenant(), report.from(), report.to());
      parts.add(new Report.TenantUsage(part.tenant(), part.usage(), part.limits(), users));
    }
    return new Report(report.from(), report.to(), parts);
  }

  /**
   * Reads the usage of a tenant from one UTC day to another, both inclusive.
   *
   * @return as {@link LargestUsers#usage} returns it
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  List<UserUsage> read(TenantId tenant, LocalDate from, LocalDate to) {
    var largest = new LargestUsers(top);
    var pass = new UserPass("", capacity);
    sum(tenant, from, to, pass);
    var withoutUser = pass.withoutUser();
    pass.sums().forEach(largest::add);
    while (pass.next().isPresent()) {
      pass = new UserPass(pass.next().get(), capacity);
      sum(tenant, from, to, pass);
      pass.sums().forEach(largest::add);
    }
    return largest.usage(withoutUser);
  }

  private void sum(TenantId tenant, LocalDate from, LocalDate to, UserPass pass) {
    var end = to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().plus(MARGIN);
    var start = from.atStartOfDay(ZoneOffset.UTC).toInstant().minus(MARGIN);
    progress.begin("Reading call records of " + tenant, Duration.between(start, end).toDays() + 1);
    while (start.isBefore(end)) {
      var nextDay = start.plus(Duration.ofDays(1));
      records.forEach(
          tenant,
          start,
          nextDay.isAfter(end) ? end : nextDay,
          record -> {
            if (record.counts() && !record.day().isBefore(from) && !record.day().isAfter(to)) {
              pass.add(userOf(record), PriceCheck.figures(record));
            }
          });
      start = nextDay;
      progress.step();
    }
    progress.end();
  }

  /** An operator's correction does not contain the person; the corrected call's record does. */
  private Optional<String> userOf(UsageRecord record) {
    return record
        .call()
        .or(() ->
            record
                .corrected()
                .flatMap(corrected -> records.find(corrected.key()))
                .flatMap(UsageRecord::call))
        .flatMap(UsageRecord.Call::endUser);
  }
}
