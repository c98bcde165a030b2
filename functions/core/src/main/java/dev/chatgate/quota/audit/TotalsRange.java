package dev.chatgate.quota.audit;

import dev.chatgate.usage.UsageTotals;

/**
 * A sum of which some parts may belong to it or not, because calls went on while it was taken: the
 * least and the most that it may be. Immutable.
 *
 * @param least if of each doubtful part what is negative belongs to it
 * @param most if of each doubtful part what is positive belongs to it
 */
record TotalsRange(UsageTotals least, UsageTotals most) {
  static final TotalsRange NOTHING = new TotalsRange(UsageTotals.ZERO, UsageTotals.ZERO);

  TotalsRange plus(UsageTotals part) {
    return new TotalsRange(least.plus(part), most.plus(part));
  }

  TotalsRange perhaps(UsageTotals part) {
    return new TotalsRange(least.plus(negative(part)), most.plus(part.minus(negative(part))));
  }

  private static UsageTotals negative(UsageTotals tally) {
    return new UsageTotals(
        Math.min(0, tally.calls()),
        Math.min(0, tally.prompt()),
        Math.min(0, tally.cached()),
        Math.min(0, tally.completion()),
        Math.min(0, tally.microUsd()),
        Math.min(0, tally.estimated()));
  }

  /** Whether it may be this. */
  boolean mayBe(UsageTotals found) {
    var above = found.minus(least);
    var below = most.minus(found);
    return negative(above).equals(UsageTotals.ZERO) && negative(below).equals(UsageTotals.ZERO);
  }
}
