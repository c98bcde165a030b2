package dev.chatgate.cli.usage;

import dev.chatgate.usage.UsageTotals;

/**
 * Usage, and how much of it had no price.
 *
 * @param totals the usage
 * @param unpriced calls that used tokens and were charged nothing for want of a price
 */
record UsageFigures(UsageTotals totals, long unpriced) {
  /** Nothing. */
  static final UsageFigures ZERO = new UsageFigures(UsageTotals.ZERO, 0);

  /** Usage that had a price. */
  static UsageFigures priced(UsageTotals totals) {
    return new UsageFigures(totals, 0);
  }

  /** Usage without a price: all its calls count as unpriced. */
  static UsageFigures unpriced(UsageTotals totals) {
    return new UsageFigures(totals, totals.calls());
  }

  UsageFigures plus(UsageFigures other) {
    return new UsageFigures(totals.plus(other.totals), unpriced + other.unpriced);
  }

  long calls() {
    return totals.calls();
  }

  long tokens() {
    return totals.tokens();
  }

  long microUsd() {
    return totals.microUsd();
  }

  /** Whether nothing was charged, and at least one call had no price: the cost is not known. */
  boolean hasNoCost() {
    return totals.microUsd() == 0 && unpriced > 0;
  }
}
