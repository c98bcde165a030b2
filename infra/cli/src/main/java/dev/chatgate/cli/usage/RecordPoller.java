package dev.chatgate.cli.usage;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Polls for new usage records. Records are stored by the time of the call's first attempt and
 * written when the call ends, so each poll reads as far back as a call may take.
 */
final class RecordPoller {
  /** The longest call of 15 minutes, plus its deadline and two runs of the reconciler. */
  private static final Duration LOOK_BACK = Duration.ofMinutes(20);

  /** The correction of an orphan by its own call is dated by the call's deadline, in the future. */
  private static final Duration LOOK_AHEAD = Duration.ofMinutes(20);

  private final UsageRecords records;
  private final Set<UsageRecord.Key> seen = new HashSet<>();

  RecordPoller(UsageRecords records) {
    this.records = records;
  }

  /**
   * Polls once.
   *
   * @param tenants the tenants to read
   * @param now the current time
   * @return the records since the last poll, in the order in which calls ended
   * @throws StoreUnavailableException if the store does not answer
   */
  List<UsageRecord> poll(Collection<TenantId> tenants, Instant now) {
    var newRecords = new ArrayList<UsageRecord>();
    for (var tenant : tenants) {
      records.forEach(
          tenant,
          now.minus(LOOK_BACK),
          now.plus(LOOK_AHEAD),
          record -> {
            if (record.counts() && seen.add(record.key())) {
              newRecords.add(record);
            }
          });
    }
    // Older records are outside of the next poll.
    seen.removeIf(key -> key.admittedAt().isBefore(now.minus(LOOK_BACK).minus(LOOK_BACK)));
    newRecords.sort(Comparator.comparing(UsageRecord::decidedAt));
    return newRecords;
  }
}
