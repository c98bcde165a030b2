package dev.chatgate.cli.usage;

import dev.chatgate.RequestId;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.cli.shell.Progress;
import dev.chatgate.cli.shell.RefusedException;
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
 * Finds the record of a call by its id. A record has its place by tenant and time, which the id
 * does not tell: the latest days are read first.
 */
final class CallSearch {
  private static final Pattern ID = Pattern.compile("(req_[0-9a-z]{12})?[0-9a-z]{12}");
  private static final int GROWTH = 3;

  private final UsageRecords records;
  private final Progress progress;

  CallSearch(UsageRecords records, Progress progress) {
    this.records = records;
    this.progress = progress;
  }

  private record Span(Instant from, Instant to) {}

  /**
   * Looks for it.
   *
   * @param requestId an {@code x-request-id}, or its last 12 characters
   * @param tenants whose it may be
   * @param day the UTC day of its admission, if that is known
   * @param now the present
   * @throws RefusedException if it is no such id
   */
  Optional<UsageRecord> find(
      String requestId, Collection<TenantId> tenants, Optional<LocalDate> day, Instant now) {
    if (!ID.matcher(requestId).matches()) {
      throw RefusedException.cannotRun(
          "A request id is req_ and 24 letters and digits, or the last 12 of them.");
    }
    var id = requestId.substring(requestId.length() - RequestId.RESERVATION_ID_LENGTH);
    var spans = day.map(CallSearch::spansOf).orElseGet(() -> spansBefore(now));
    progress.begin("Looking for the call", (long) spans.size() * tenants.size());
    for (var span : spans) {
      for (var tenant : tenants) {
        var found = find(id, tenant, span);
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

  private Optional<UsageRecord> find(String id, TenantId tenant, Span span) {
    var found = new ArrayList<UsageRecord>();
    records.forEach(
        tenant,
        span.from(),
        span.to(),
        record -> {
          if (record.key().id().equals(id)) {
            found.add(record);
          }
        });
    return found.stream().findFirst();
  }

  private static List<Span> spansOf(LocalDate day) {
    var start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    return List.of(new Span(start, start.plus(Duration.ofDays(1))));
  }

  /** A day, then three times as much each, as far back as records are kept. */
  private static List<Span> spansBefore(Instant now) {
    var spans = new ArrayList<Span>();
    var oldest = now.minus(DynamoUsageRecords.KEPT_FOR);
    var to = now.plus(Duration.ofHours(1));
    for (var length = Duration.ofDays(1);
        to.isAfter(oldest);
        length = length.multipliedBy(GROWTH)) {
      var from = to.minus(length);
      spans.add(new Span(from.isBefore(oldest) ? oldest : from, to));
      to = from;
    }
    return spans;
  }
}
