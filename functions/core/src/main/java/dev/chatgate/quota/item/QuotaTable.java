package dev.chatgate.quota.item;

import dev.chatgate.StoreUnavailableException;
import java.time.Duration;
import java.util.List;

/**
 * The Quota table. No operation repeats itself on failure: whether a write may be repeated, and
 * with what, is for the caller to say.
 */
public interface QuotaTable {

  /**
   * Does one conditional write, or nothing.
   *
   * @throws StoreUnavailableException if no answer came: the write may have been done, or may be
   *     done later
   */
  Written update(QuotaKey key, ItemUpdate update);

  /**
   * As {@link #update(QuotaKey, ItemUpdate)}, with a time limit. The default ignores the limit; it
   * is for tables in memory, which answer at once.
   *
   * @param atMost the longest wait for the store's answer
   * @throws StoreUnavailableException if no answer came by then
   */
  default Written update(QuotaKey key, ItemUpdate update, Duration atMost) {
    return update(key, update);
  }

  /**
   * Reads an item. It contains every write that was answered before.
   *
   * @return {@link QuotaItem#EMPTY} if there is none
   * @throws StoreUnavailableException if the store does not answer
   */
  QuotaItem read(QuotaKey key);

  /**
   * The items that carry {@link ItemNames#DUE_PARTITION}: all that the reconciler must look at. A
   * write of the last moments may be missing.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  List<QuotaKey> due();

  /** The store's answer to a conditional write. */
  sealed interface Written {

    /**
     * It is done.
     *
     * @param after the item after it
     */
    record Done(QuotaItem after) implements Written {}

    /**
     * A condition did not hold, and nothing was done.
     *
     * @param before the item that did not meet it
     */
    record Refused(QuotaItem before) implements Written {}

    /**
     * The store said that it did nothing: throttled, or not allowed.
     *
     * @param cause what it said
     */
    record NotDone(RuntimeException cause) implements Written {
      /** Whether a second try cannot succeed either. */
      public boolean isPermanent() {
        return cause instanceof StoreUnavailableException failure && failure.isPermanent();
      }
    }
  }
}
