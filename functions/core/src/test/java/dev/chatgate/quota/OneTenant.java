package dev.chatgate.quota;

import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import java.util.List;

/** A table with an index that shows one item only, whatever other tests left there. */
public record OneTenant(QuotaTable table, QuotaKey key) implements QuotaTable {
  @Override
  public Written update(QuotaKey item, ItemUpdate update) {
    return table.update(item, update);
  }

  @Override
  public QuotaItem read(QuotaKey item) {
    return table.read(item);
  }

  @Override
  public List<QuotaKey> due() {
    return table.due().stream().filter(key::equals).toList();
  }
}
