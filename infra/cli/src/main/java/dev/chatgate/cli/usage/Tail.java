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
 * Finds the records that are new since the last look. A record has its place by the time of its
 * call's first attempt and is written when the call ends, so each look reads as far back as a call
 * may take.
 */
final class Tail {
  /** A call of 15 minutes, its deadline, two runs of the reconciler. */
  private static final Duration BACK = Duration.ofMinutes(20);

  /** A call that corrects its own orphan dates the correction by its deadline. */
  private static final Duration AHEAD = Duration.ofMinutes(20);

  private final UsageRecords records;
  private final Set<UsageRecord.Key> seen = new HashSet<>();

  Tail(UsageRecords records) {
    this.records = records;
  }

  /**
   * Looks once.
   *
   * @param tenants whose
   * @param now the present
   * @return what was not there at the last look, in the order of decisions
   * @throws StoreUnavailableException if the store does not answer
   */
  List<UsageRecord> look(Collection<TenantId> tenants, Instant now) {
    var fresh = new ArrayList<UsageRecord>();
    for (var tenant : tenants) {
      records.forEach(
          tenant,
          now.minus(BACK),
          now.plus(AHEAD),
          record -> {
            if (record.counts() && seen.add(record.key())) {
              fresh.add(record);
            }
          });
    }
    // What is out of reach of the next look cannot come again.
    seen.removeIf(key -> key.admittedAt().isBefore(now.minus(BACK).minus(BACK)));
    fresh.sort(Comparator.comparing(UsageRecord::decidedAt));
    return fresh;
  }
}
