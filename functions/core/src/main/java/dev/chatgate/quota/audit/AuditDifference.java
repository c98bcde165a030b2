package dev.chatgate.quota.audit;

import dev.chatgate.tenant.TenantId;

/**
 * Something that an audit found and that is not as promised.
 *
 * @param tenant the tenant
 * @param kind what it is about
 * @param subject the day and model, the counter or the entry
 * @param figures what was found, and what should have been
 */
public record AuditDifference(TenantId tenant, Kind kind, String subject, String figures) {

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
    OVERDUE("still held"),
    /**
     * An entry of a call that died between the two levels is still held at an end user. No
     * reconciler finds it: the end user's next call lets it go, or it goes with the item.
     */
    LEFT_AT_END_USER("left at an end user");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /** The same difference, whatever its figures. */
  record Subject(Kind kind, String subject) {}

  Subject identity() {
    return new Subject(kind, subject);
  }

  /** One line that says it all. */
  @Override
  public String toString() {
    return tenant.value() + ": " + kind.words + ": " + subject + ": " + figures;
  }
}
