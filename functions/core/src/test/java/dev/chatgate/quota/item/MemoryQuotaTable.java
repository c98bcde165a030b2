package dev.chatgate.quota.item;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Quota items in memory: no laxer than the real table, and as atomic. */
public final class MemoryQuotaTable implements QuotaTable {
  private final Map<QuotaKey, QuotaItem> items = new HashMap<>();

  @Override
  public synchronized Written update(QuotaKey key, ItemUpdate update) {
    requireOneActionAnAttribute(update);
    var before = items.getOrDefault(key, QuotaItem.EMPTY);
    if (!update.holdsFor(before)) {
      return new Written.Refused(before);
    }
    var after = update.applyTo(before);
    items.put(key, after);
    return new Written.Done(after);
  }

  /** DynamoDB looks at this before it looks at the condition. */
  private static void requireOneActionAnAttribute(ItemUpdate update) {
    var attributes = new HashSet<String>();
    for (var action : update.actions()) {
      if (!attributes.add(action.attribute())) {
        throw new IllegalStateException("two actions name " + action.attribute());
      }
    }
  }

  @Override
  public synchronized QuotaItem read(QuotaKey key) {
    return items.getOrDefault(key, QuotaItem.EMPTY);
  }

  /** Drops the items that have expired, as the store may at any time after that. */
  public synchronized List<QuotaKey> dropExpired(Instant now) {
    var expired =
        items.entrySet().stream()
            .filter(item -> item.getValue().has(ItemNames.EXPIRES_AT))
            .filter(item -> item.getValue().number(ItemNames.EXPIRES_AT) <= now.getEpochSecond())
            .map(Map.Entry::getKey)
            .toList();
    expired.forEach(items::remove);
    return expired;
  }

  @Override
  public synchronized List<QuotaKey> due() {
    return items.entrySet().stream()
        .filter(item -> item.getValue().has(ItemNames.DUE_PARTITION))
        .map(Map.Entry::getKey)
        .toList();
  }
}
