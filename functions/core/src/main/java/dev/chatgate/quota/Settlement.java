package dev.chatgate.quota;

import dev.chatgate.usage.UsageRecord;
import java.util.List;
import java.util.Optional;

/**
 * The ledger's answer to a call that has ended.
 *
 * @param progress how far the settlement came
 * @param record the record that the call wanted; another one may stand
 * @param rejection why the store does not take the record, if {@link Progress#REJECTED_BY_STORE}
 * @param warnings what this settlement is the first to reach
 */
public record Settlement(
    Progress progress,
    UsageRecord record,
    Optional<RuntimeException> rejection,
    List<QuotaWarning> warnings) {
  /** Copies the list. */
  public Settlement {
    warnings = List.copyOf(warnings);
  }

  /** A settlement without warnings. */
  public Settlement(Progress progress, UsageRecord record, Optional<RuntimeException> rejection) {
    this(progress, record, rejection, List.of());
  }

  /** How far a settlement came. */
  public enum Progress {
    /** Record and counters are written. */
    APPLIED,
    /** The record stands; the reconciler moves the counters. */
    RECORDED,
    /** Neither could be written in time: the reconciler charges the reserve. */
    LEFT_TO_RECONCILER,
    /**
     * The store does not take the record, and would not at a second try: the reconciler charges the
     * reserve.
     */
    REJECTED_BY_STORE
  }
}
