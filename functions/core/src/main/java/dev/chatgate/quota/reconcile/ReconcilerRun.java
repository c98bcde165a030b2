package dev.chatgate.quota.reconcile;

/**
 * What one run of the reconciler did.
 *
 * @param items items of the index that were looked at
 * @param orphaned calls that died before their record: charged their reserve
 * @param applied calls that died, or gave up, after their record: charged what it says
 * @param released entries let go with nothing charged: given-up admissions, their late duplicates,
 *     corrections that expired before their record
 * @param closedDays days of one tenant each that were moved out of its item
 * @param flushed rows of an earlier release, which moved parts of a day while it went on, that were
 *     found before their part had left its item
 * @param unfinished items at which the store or the time was not there for all; the next run has
 *     them
 */
public record ReconcilerRun(
    int items,
    int orphaned,
    int applied,
    int released,
    int closedDays,
    int flushed,
    int unfinished) {
  static final ReconcilerRun NONE = new ReconcilerRun(0, 0, 0, 0, 0, 0, 0);

  ReconcilerRun plus(ReconcilerRun other) {
    return new ReconcilerRun(
        items + other.items,
        orphaned + other.orphaned,
        applied + other.applied,
        released + other.released,
        closedDays + other.closedDays,
        flushed + other.flushed,
        unfinished + other.unfinished);
  }
}
