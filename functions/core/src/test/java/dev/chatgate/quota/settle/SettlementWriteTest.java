package dev.chatgate.quota.settle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.usage.UsageTotals;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The two writes that charge the token bucket on every state that they may meet. */
class SettlementWriteTest {
  private static final String ID = "AAAAAAAAAAAA";
  private static final long SECOND = 1_000_000_000L;
  private static final long OVERLAP = SECOND / 4;
  private static final long NOW = 2_000_000_000L * SECOND;
  private static final ReservationEntry ENTRY =
      new ReservationEntry(1, 10, 10, 2 * SECOND, 2_000_000_000L, 90, 20_000, 1, 1);
  private static final Charge CHARGE = new Charge(5, 5, 5, SECOND, false, UsageTotals.ZERO);

  private static QuotaItem item(long tat) {
    return new ItemUpdate.Builder()
        .put(ID, ENTRY)
        .put(ItemNames.ENTRIES, 1)
        .put(ItemNames.TOKENS_TAT, tat)
        .put(ItemNames.TOKENS_HELD, 2 * SECOND)
        .put(ItemNames.TOKENS_VIRTUAL, tat + 2 * SECOND)
        .put(ItemNames.dayTokens(20_000), 10)
        .put(ItemNames.monthTokens(Windows.monthOf(20_000)), 10)
        .put(ItemNames.monthMicroUsd(Windows.monthOf(20_000)), 10)
        .build()
        .applyTo(QuotaItem.EMPTY);
  }

  private static ItemUpdate writeAfterSeeing(long tat) {
    return SettlementWrite.update(ID, ENTRY, CHARGE, item(tat), NOW);
  }

  private static void assertCharged(long tat, QuotaItem after) {
    assertEquals(tat, after.number(ItemNames.TOKENS_TAT));
    assertEquals(tat, after.number(ItemNames.TOKENS_VIRTUAL));
    assertEquals(0, after.number(ItemNames.TOKENS_HELD));
  }

  private static List<Boolean> isDone(ItemUpdate write, long... ahead) {
    return LongStream.of(ahead).mapToObj(nanos -> write.holdsFor(item(NOW + nanos))).toList();
  }

  @Test
  void theWriteThatExtendsIsDoneFromTheOverlapOn() {
    var extend = writeAfterSeeing(NOW);
    assertCharged(NOW - OVERLAP + SECOND, extend.applyTo(item(NOW - OVERLAP)));
    assertEquals(
        List.of(false, true, true, true, true),
        isDone(extend, -OVERLAP - 1, -OVERLAP, 0, SECOND, 3_600 * SECOND));
  }

  @Test
  void theWriteThatSetsIsDoneOnAnEmptyBucket() {
    var set = writeAfterSeeing(NOW - OVERLAP);
    assertCharged(NOW + SECOND, set.applyTo(item(NOW - 1)));
    assertEquals(
        List.of(true, true, true, false, false),
        isDone(set, -3_600 * SECOND, -OVERLAP, -1, 0, SECOND));
  }
}
