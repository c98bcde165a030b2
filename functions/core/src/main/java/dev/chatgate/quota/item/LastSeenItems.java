package dev.chatgate.quota.item;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last state seen of each item: every answer of the table brings one. It is only a guess: what
 * is decided by it is guarded by the write's conditions.
 */
public final class LastSeenItems {
  private final Map<QuotaKey, QuotaItem> items;

  /**
   * @param capacity how many items are remembered, the least recently used going first
   */
  public LastSeenItems(int capacity) {
    items =
        Collections.synchronizedMap(
            new LinkedHashMap<>(16, 0.75f, true) {
              @Override
              protected boolean removeEldestEntry(Map.Entry<QuotaKey, QuotaItem> eldest) {
                return size() > capacity;
              }
            });
  }

  /** The last state seen; {@link QuotaItem#EMPTY} if there is none. */
  public QuotaItem last(QuotaKey key) {
    return items.getOrDefault(key, QuotaItem.EMPTY);
  }

  /** Whether any state was seen. */
  public boolean has(QuotaKey key) {
    return items.containsKey(key);
  }

  /** Remembers a state. */
  public void remember(QuotaKey key, QuotaItem item) {
    items.put(key, item);
  }
}
