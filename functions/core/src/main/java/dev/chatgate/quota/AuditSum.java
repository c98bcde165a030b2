package dev.chatgate.quota;

import dev.chatgate.usage.Tally;

/**
 * A sum of which some parts may belong to it or not, because calls went on while it was taken: the
 * least and the most that it may be. Immutable.
 *
 * @param least if of each doubtful part what is negative belongs to it
 * @param most if of each doubtful part what is positive belongs to it
 */
record AuditSum(Tally least, Tally most) {
  static final AuditSum NOTHING = new AuditSum(Tally.ZERO, Tally.ZERO);

  AuditSum plus(Tally part) {
    return new AuditSum(least.plus(part), most.plus(part));
  }

  AuditSum perhaps(Tally part) {
    return new AuditSum(least.plus(negative(part)), most.plus(part.minus(negative(part))));
  }

  private static Tally negative(Tally tally) {
    return new Tally(
        Math.min(0, tally.calls()),
        Math.min(0, tally.prompt()),
        Math.min(0, tally.cached()),
        Math.min(0, tally.completion()),
        Math.min(0, tally.microUsd()),
        Math.min(0, tally.estimated()));
  }

  /** Whether it may be this. */
  boolean mayBe(Tally found) {
    var above = found.minus(least);
    var below = most.minus(found);
    return negative(above).equals(Tally.ZERO) && negative(below).equals(Tally.ZERO);
  }
}
