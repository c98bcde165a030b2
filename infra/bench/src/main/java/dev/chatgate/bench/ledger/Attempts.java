package dev.chatgate.bench.ledger;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Settlement;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts admissions and settlements by outcome, and admissions by number of attempts. */
final class Attempts {
  private final ConcurrentSkipListMap<Integer, LongAdder> byAttempts =
      new ConcurrentSkipListMap<>();
  private final LongAdder granted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final LongAdder applied = new LongAdder();

  void count(Admission admission) {
    byAttempts.computeIfAbsent(admission.attempts(), _ -> new LongAdder()).increment();
    switch (admission) {
      case Admission.Granted _ -> granted.increment();
      case Admission.Refused _, Admission.EndUserBlocked _, Admission.OtherTier _ ->
          refused.increment();
      case Admission.Unavailable _ -> unavailable.increment();
    }
  }

  void count(Settlement settlement) {
    if (settlement.progress() == Settlement.Progress.APPLIED) {
      applied.increment();
    }
  }

  /** Number of admissions by the number of conditional writes. */
  SortedMap<Integer, LongAdder> byAttempts() {
    return byAttempts;
  }

  /** All admissions, with any outcome. */
  long all() {
    return granted.sum() + refused.sum() + unavailable.sum();
  }

  /** Admissions granted. */
  long granted() {
    return granted.sum();
  }

  /** Settlements with record and counters written. */
  long applied() {
    return applied.sum();
  }

  /** Admissions refused by a limit. */
  long refused() {
    return refused.sum();
  }

  /** Admissions given up after the last attempt. */
  long unavailable() {
    return unavailable.sum();
  }
}
