package dev.chatgate.bench.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.quota.item.Attribute;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.tenant.TenantId;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CountedTableTest {
  private static final QuotaKey KEY = QuotaKey.of(new TenantId("t"));

  @Test
  void aRefusedWriteCostsUnitsByTheItemsSize() {
    var counted = new CountedTable(new Answering(new QuotaTable.Written.Refused(item(1_500))));
    counted.update(KEY, new ItemUpdate.Builder().build());
    counted.update(KEY, new ItemUpdate.Builder().build());
    assertEquals(2, counted.refused());
    assertEquals(4, counted.unitsRefused());
    counted.reset();
    assertEquals(0, counted.refused() + counted.unitsRefused());
  }

  @Test
  void aSuccessfulWriteIsNotCounted() {
    var counted = new CountedTable(new Answering(new QuotaTable.Written.Done(item(1_500))));
    counted.update(KEY, new ItemUpdate.Builder().build());
    assertEquals(0, counted.refused() + counted.unitsRefused());
  }

  private static QuotaItem item(int bytes) {
    var attributes = new TreeMap<String, Attribute>();
    attributes.put("g", new Attribute.Text("x".repeat(bytes)));
    return new QuotaItem(attributes);
  }

  private record Answering(Written answer) implements QuotaTable {
    @Override
    public Written update(QuotaKey key, ItemUpdate update) {
      return answer;
    }

    @Override
    public QuotaItem read(QuotaKey key) {
      return QuotaItem.EMPTY;
    }

    @Override
    public List<QuotaKey> due() {
      return List.of();
    }
  }
}
