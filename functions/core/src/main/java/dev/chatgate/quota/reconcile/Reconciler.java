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
 * the same effect whoever does it.
 */
public final class Reconciler {
  private final Parts parts;

  /** What the visit of an item works with. */
  record Parts(
      QuotaTable table, DayRows rows, Settler settler, LastSeenItems seen, InstantSource clock) {}

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
    this.parts = new Parts(table, rows, settler, seen, clock);
    this.random = random;
  }

  /**
   * What one run did.
   *
   * @param items items of the index that were looked at
   * @param orphaned calls that died before their record: charged their reserve
   * @param applied calls that died, or gave up, after their record: charged what it says
   * @param released entries let go with nothing charged: given-up admissions, their late twins,
   *     corrections that expired before their record
   * @param closedDays days of one tenant each that were moved out of its item
   * @param flushed rows of an earlier release, which moved parts of a day while it went on, that
   *     were found before their part had left its item
   * @param unfinished items at which the store or the time was not there for all; the next run has
   *     them
   */
  public record Run(
      int items,
      int orphaned,
      int applied,
      int released,
      int closedDays,
      int flushed,
      int unfinished) {
    private static final Run NONE = new Run(0, 0, 0, 0, 0, 0, 0);

    private Run plus(Run other) {
      return new Run(
          items + other.items,
          orphaned + other.orphaned,
          applied + other.applied,
          released + other.released,
          closedDays + other.closedDays,
          flushed + other.flushed,
          unfinished + other.unfinished);
    }
  }

  /**
   * Looks at every item of the index once.
   *
   * @param giveUpAt when this must have returned, or nearly so: a write that was begun is finished
   * @throws dev.chatgate.StoreUnavailableException if the index cannot be read
   */
  public Run run(Instant giveUpAt) {
    var due = new ArrayList<>(parts.table().due());
    // Should the time not do for all of them, no item comes last in every run.
    Collections.shuffle(due, random);
    var run = Run.NONE;
    for (var key : due) {
      run = run.plus(visit(key, giveUpAt));
    }
    return run;
  }

  private Run visit(QuotaKey key, Instant giveUpAt) {
    return Duration.between(parts.clock().instant(), giveUpAt).isPositive()
        ? new ItemReconciliation(parts, key, giveUpAt).run()
        : new Run(0, 0, 0, 0, 0, 0, 1);
  }
}
