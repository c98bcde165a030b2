package dev.chatgate.quota.reconcile;

import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.DailyTotals;
import dev.chatgate.quota.item.ItemNames.Counter;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the reconciler of an earlier release did, and this one does not: with more than a few models
 * a day it moved parts of open days to rows, one row a run. Its rows are in the table, it may run
 * beside this release's while one is deployed, and it comes back with a rollback.
 */
public final class EarlierReconciler {
  /** More models a day than these, and parts of the day leave the item. */
  static final int MODELS_KEPT = 8;

  private final QuotaTable table;
  private final DayRows rows;
  private final int modelsKept;

  public EarlierReconciler(QuotaTable table, DayRows rows) {
    this(table, rows, MODELS_KEPT);
  }

  /**
   * @param modelsKept as if the constant had another value: fewer, and few calls show much
   */
  public EarlierReconciler(QuotaTable table, DayRows rows, int modelsKept) {
    this.table = table;
    this.rows = rows;
    this.modelsKept = modelsKept;
  }

  /** Looks at one item; tells how many parts were moved. */
  public int run(QuotaKey key) {
    var item = table.read(key);
    var open =
        item.rollUps().stream()
            .filter(rollUp -> isOpen(rollUp, item) && rollUp.tally().calls() > 0)
            .toList();
    return open.size() > modelsKept ? move(key, open) : 0;
  }

  private static boolean isOpen(DailyTotals rollUp, QuotaItem item) {
    return rollUp.epochDay() >= item.newestDay()
        || item.hasOtherReservationOfDay(rollUp.epochDay(), "");
  }

  private int move(QuotaKey key, List<DailyTotals> open) {
    int moved = 0;
    for (var rollUp : open) {
      var row =
          new DayRow(
              key.tenant(),
              key.shard(),
              LocalDate.ofEpochDay(rollUp.epochDay()),
              rollUp.model(),
              rollUp.flushed(),
              rollUp.tally());
      var taken = rows.putIfAbsent(row).tally();
      var write = taken.equals(rollUp.tally()) ? flush(rollUp) : subtract(rollUp, taken);
      moved += table.update(key, write) instanceof QuotaTable.Written.Done ? 1 : 0;
    }
    return moved;
  }

  private static ItemUpdate flush(DailyTotals rollUp) {
    var write = guarded(rollUp).put(name(Counter.FLUSHED, rollUp), rollUp.flushed() + 1);
    counts(rollUp.tally())
        .forEach((counter, count) -> {
          var name = name(counter, rollUp);
          var value = new Whole(count);
          write
              .when(
                  count == 0
                      ? new Condition.AbsentOrIs(name, value)
                      : new Condition.Is(name, value))
              .remove(name);
        });
    return write.build();
  }

  private static ItemUpdate subtract(DailyTotals rollUp, UsageTotals taken) {
    var write = guarded(rollUp).put(name(Counter.FLUSHED, rollUp), rollUp.flushed() + 1);
    counts(taken)
        .forEach((counter, count) -> {
          if (count != 0) {
            write.addFromZero(name(counter, rollUp), -count);
          }
        });
    return write.when(new Condition.AtLeast(name(Counter.CALLS, rollUp), taken.calls())).build();
  }

  private static ItemUpdate.Builder guarded(DailyTotals rollUp) {
    var flushed = name(Counter.FLUSHED, rollUp);
    return new ItemUpdate.Builder()
        .when(
            rollUp.flushed() == 0
                ? new Condition.Absent(flushed)
                : new Condition.Is(flushed, new Whole(rollUp.flushed())));
  }

  private static Map<Counter, Long> counts(UsageTotals tally) {
    var counts = new EnumMap<Counter, Long>(Counter.class);
    counts.put(Counter.CALLS, tally.calls());
    counts.put(Counter.PROMPT, tally.prompt());
    counts.put(Counter.CACHED, tally.cached());
    counts.put(Counter.COMPLETION, tally.completion());
    counts.put(Counter.MICRO_USD, tally.microUsd());
    counts.put(Counter.ESTIMATED, tally.estimated());
    return counts;
  }

  private static String name(Counter counter, DailyTotals rollUp) {
    return new RollUpName(counter, rollUp.epochDay(), rollUp.modelCode()).toString();
  }
}
