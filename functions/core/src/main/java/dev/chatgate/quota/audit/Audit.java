package dev.chatgate.quota.audit;

import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;

/**
 * Holds a tenant's counters against its records, while calls go on: nothing is held past its time,
 * every call has its one record, and the sums of the records are the counters. It only reads.
 */
public final class Audit {
  /**
   * Between two looks. Long enough that an answer of the store that was out of date, or a moment
   * that the looks do not foresee, is not seen twice.
   */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private final QuotaTable table;
  private final UsageRecords records;
  private final DayRows rows;
  private final InstantSource clock;
  private final Pause pause;
  private final Duration recordsKeptFor;
  private final Duration overdueAfter;

  /**
   * @param table the quota items
   * @param records the decisions
   * @param rows the closed days
   * @param clock the store's time, see {@link StoreClock}
   * @param pause waits between the two looks
   * @param recordsKeptFor how long records stand: days before that are not looked at
   * @param overdueAfter how long after its deadline an entry may still be there: two runs of the
   *     reconciler
   */
  public Audit(
      QuotaTable table,
      UsageRecords records,
      DayRows rows,
      InstantSource clock,
      Pause pause,
      Duration recordsKeptFor,
      Duration overdueAfter) {
    this.table = table;
    this.records = records;
    this.rows = rows;
    this.clock = clock;
    this.pause = pause;
    this.recordsKeptFor = recordsKeptFor;
    this.overdueAfter = overdueAfter;
  }

  /** What a difference is about. */
  public enum Kind {
    /** Calls were counted that have no record. */
    MISSING_RECORD("record missing"),
    /** There are records of calls that were not counted. */
    EXTRA_RECORD("record not counted"),
    /** The roll-up of a day that is not closed is not the sum of its records. */
    ROLL_UP("roll-up off"),
    /** The row of a closed day is not the sum of its records. */
    DAY_ROW("day's row off"),
    /** A window, or the account of what is in flight, is not the sum of what it is made of. */
    COUNTER("counter off"),
    /** An entry is still held though its time is over. */
    OVERDUE("still held");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /**
   * Something that is not as promised.
   *
   * @param tenant whose
   * @param kind what it is about
   * @param subject the day and model, the counter or the entry
   * @param figures what was found, and what should have been
   */
  public record Difference(TenantId tenant, Kind kind, String subject, String figures) {

    /** One line that says it all. */
    @Override
    public String toString() {
      return tenant.value() + ": " + kind.words + ": " + subject + ": " + figures;
    }

    private Subject identity() {
      return new Subject(kind, subject);
    }
  }

  private record Subject(Kind kind, String subject) {}

  /**
   * Looks at a tenant, and again if something seems to differ. What differs both times does.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public List<Difference> differences(TenantId tenant) {
    var first = look(tenant);
    if (first.isEmpty()) {
      return first;
    }
    pause.pause(BETWEEN_LOOKS);
    var seenBefore = new HashSet<Subject>();
    first.forEach(difference -> seenBefore.add(difference.identity()));
    return look(tenant).stream()
        .filter(difference -> seenBefore.contains(difference.identity()))
        .toList();
  }

  private List<Difference> look(TenantId tenant) {
    var now = clock.instant();
    var look = new AuditSnapshot(tenant, table.read(QuotaKey.of(tenant)), now, recordsKeptFor);
    records.forEach(tenant, look.from(), look.until(), look::record);
    rows.forEach(tenant, look.firstDay(), look.lastDay(), look::row);
    look.end(table.read(QuotaKey.of(tenant)));
    return look.differences(overdueAfter);
  }
}
