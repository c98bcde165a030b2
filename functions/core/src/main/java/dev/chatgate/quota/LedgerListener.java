package dev.chatgate.quota;

import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;

/** Hears what the ledger does, for metrics and the log. It must not throw and not block. */
public interface LedgerListener {
  /** Hears nothing. */
  LedgerListener NONE = new LedgerListener() {};

  /**
   * An admission has ended.
   *
   * @param claim what was asked for
   * @param admission its answer
   * @param attempts conditional writes that were tried; 0 if no look at the store was needed
   */
  default void admissionEnded(Claim claim, Admission admission, int attempts) {}

  /**
   * A settlement has ended.
   *
   * @param record the record that the call wanted; {@link UsageRecord#overrun} is for a metric
   * @param settlement how far it came
   */
  default void settlementEnded(UsageRecord record, Ledger.Settlement settlement) {}

  /**
   * The store refused a record, and would refuse it again; {@link #settlementEnded} follows.
   *
   * @param record the record that the call wanted
   * @param cause what the store said
   */
  default void recordRejected(UsageRecord record, RuntimeException cause) {}

  /**
   * A bucket was found in an impossible state and lowered to a full one: some clock was far ahead.
   *
   * @param tenant whose
   */
  default void bucketHealed(TenantId tenant) {}
}
