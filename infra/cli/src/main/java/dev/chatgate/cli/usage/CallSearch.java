package dev.chatgate.cli.usage;

import dev.chatgate.RequestId;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.Progress;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the record of a call by its request ID. Records are stored by tenant and time, which the ID
 * does not contain, so the search goes from the latest day back.
 */
final class CallSearch {
  private static final Pattern VALID_ID = Pattern.compile("(req_[0-9a-z]{12})?[0-9a-z]{12}");
  private static final int GROWTH_FACTOR = 3;

  private final UsageRecords records;
  private final Progress progress;

  CallSearch(UsageRecords records, Progress progress) {
    this.records = records;
    this.progress = progress;
  }

  private record TimeRange(Instant from, Instant to) {}

  /**
   * Searches for a call.
   *
   * @param requestId an {@code x-request-id}, or its last 12 characters
   * @param tenants the tenants to search
   * @param day the UTC day of the call's admission; absent to search all days
   * @param now the current time
   * @throws CommandException if the request ID is not valid
   */
  Optional<UsageRecord> find(
      String requestId, Collection<TenantId> tenants, Optional<LocalDate> day, Instant now) {
    if (!VALID_ID.matcher(requestId).matches()) {
      throw CommandException.error(
          "Invalid request ID: it must be req_ and 24 lower-case letters or digits, or the last 12"
              + " of them.");
    }
    var id = requestId.substring(requestId.length() - RequestId.RESERVATION_ID_LENGTH);
    var ranges = day.map(CallSearch::rangesOf).orElseGet(() -> rangesBefore(now));
    progress.begin("Searching for the call", (long) ranges.size() * tenants.size());
    for (var range : ranges) {
      for (var tenant : tenants) {
        var found = find(id, tenant, range);
        progress.step();
        if (found.isPresent()) {
          progress.end();
          return found;
        }
      }
    }
    progress.end();
    return Optional.empty();
  }

  private Optional<UsageRecord> find(String id, TenantId tenant, TimeRange range) {
    var found = new ArrayList<UsageRecord>();
    records.forEach(
        tenant,
        range.from(),
        range.to(),
        record -> {
          if (record.key().id().equals(id)) {
            found.add(record);
          }
        });
    return found.stream().findFirst();
  }

  private static List<TimeRange> rangesOf(LocalDate day) {
    var start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    return List.of(new TimeRange(start, start.plus(Duration.ofDays(1))));
  }

  /** Ranges from the latest to the oldest record, each three times as long as the one before. */
  private static List<TimeRange> rangesBefore(Instant now) {
    var ranges = new ArrayList<TimeRange>();
    var oldest = now.minus(DynamoUsageRecords.KEPT_FOR);
    var to = now.plus(Duration.ofHours(1));
    for (var length = Duration.ofDays(1);
        to.isAfter(oldest);
        length = length.multipliedBy(GROWTH_FACTOR)) {
      var from = to.minus(length);
      ranges.add(new TimeRange(from.isBefore(oldest) ? oldest : from, to));
      to = from;
    }
    return ranges;
  }
}
