package dev.chatgate.quota.item;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last state seen of each item: every answer of the table brings one. It is only a guess: what
 * is decided by it is guarded by the write's conditions.
 */
public final class LastSeenItems {
  private final Map<QuotaKey, QuotaItem> ofTenants;
  private final Map<QuotaKey, QuotaItem> ofEndUsers;

  /**
   * @param capacity how many items of tenants are remembered, and how many of end users; the least
   *     recently used go first
   */
  public LastSeenItems(int capacity) {
    ofTenants = atMost(capacity);
    ofEndUsers = atMost(capacity);
  }

  private static Map<QuotaKey, QuotaItem> atMost(int capacity) {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<QuotaKey, QuotaItem> eldest) {
            return size() > capacity;
          }
        });
  }

  /** However many end users there are, no tenant's item is forgotten for them. */
  private Map<QuotaKey, QuotaItem> items(QuotaKey key) {
    return key.isOfEndUser() ? ofEndUsers : ofTenants;
  }

  /** The last state seen; {@link QuotaItem#EMPTY} if there is none. */
  public QuotaItem last(QuotaKey key) {
    return items(key).getOrDefault(key, QuotaItem.EMPTY);
  }

  /** Whether any state was seen. */
  public boolean has(QuotaKey key) {
    return items(key).containsKey(key);
  }

  /** Remembers a state. */
  public void remember(QuotaKey key, QuotaItem item) {
    items(key).put(key, item);
  }
}
