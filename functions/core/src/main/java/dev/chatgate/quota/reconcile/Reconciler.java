package dev.chatgate.quota.reconcile;

import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.random.RandomGenerator;

/**
 * Settles what died, closes days, and keeps the index of due items small. Any number of them may
 * run at once, beside the calls themselves: each step is a write that only one can do, or that has
 * the same effect however many do it.
 */
public final class Reconciler {
  private final ReconcilerParts parts;
  private final RandomGenerator random;

  /**
   * @param table the quota items
   * @param records the decisions
   * @param rows the closed days
   * @param clock the store's time, see {@link StoreClock}
   * @param random jitter and order
   * @param pause waits between attempts
   */
  public Reconciler(
      QuotaTable table,
      UsageRecords records,
      DayRows rows,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    var seen = new LastSeenItems(1);
    var settler = new Settler(table, records, seen, clock, random, pause);
    this.parts = new ReconcilerParts(table, rows, settler, seen, clock);
    this.random = random;
  }

  /**
   * Looks at every item of the index once.
   *
   * @param giveUpAt when this must have returned, or nearly so: a write that was begun is finished
   * @throws dev.chatgate.StoreUnavailableException if the index cannot be read
   */
  public ReconcilerRun run(Instant giveUpAt) {
    var due = new ArrayList<>(parts.table().due());
    // Should the time not do for all of them, no item comes last in every run.
    Collections.shuffle(due, random);
    var run = ReconcilerRun.NONE;
    for (var key : due) {
      run = run.plus(visit(key, giveUpAt));
    }
    return run;
  }

  private ReconcilerRun visit(QuotaKey key, Instant giveUpAt) {
    return Duration.between(parts.clock().instant(), giveUpAt).isPositive()
        ? new ItemReconciliation(parts, key, giveUpAt).run()
        : new ReconcilerRun(0, 0, 0, 0, 0, 0, 1);
  }
}
