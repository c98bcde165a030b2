package dev.chatgate.usage;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** The write-once records in the Usage table. No operation repeats itself on failure. */
public interface UsageRecords {

  /**
   * Writes a record unless one of its key stands.
   *
   * @throws StoreUnavailableException if no answer came: the record may stand
   */
  Decision decide(UsageRecord record);

  /**
   * The same within a time. Records that take no time, as those in memory, have no use for it.
   *
   * @param atMost after this it is as if no answer came
   * @throws StoreUnavailableException if no answer came: the record may stand
   */
  default Decision decide(UsageRecord record, Duration atMost) {
    return decide(record);
  }

  /**
   * Reads a record as it stands.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  Optional<UsageRecord> find(UsageRecord.Key key);

  /**
   * Reads a tenant's records in the order of their first attempts' times.
   *
   * @param tenant the tenant
   * @param from first time, inclusive
   * @param to last time, exclusive
   * @param reader gets each in turn, tombstone records included
   * @throws StoreUnavailableException if the store does not answer
   */
  void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader);

  /** Which record stands. */
  sealed interface Decision {

    /** The one that was given. */
    record Written() implements Decision {}

    /**
     * One that was there before.
     *
     * @param record it
     */
    record Standing(UsageRecord record) implements Decision {}

    /**
     * The store said that it did nothing: throttled, or not allowed.
     *
     * @param cause what it said
     */
    record NotDone(RuntimeException cause) implements Decision {
      /** Whether a second try cannot succeed either. */
      public boolean isPermanent() {
        return cause instanceof StoreUnavailableException failure && failure.isPermanent();
      }
    }
  }
}
