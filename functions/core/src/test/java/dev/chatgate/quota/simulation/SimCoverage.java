package dev.chatgate.quota.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What happened in many schedules: a simulation in which something never happens shows nothing. */
final class SimCoverage {
  private final Map<SimStep, Map<SimFault, Long>> faults = new EnumMap<>(SimStep.class);
  private final Map<Situation, Long> situations = new EnumMap<>(Situation.class);

  /** What must have come about. */
  enum Situation {
    /** An attempt without an answer landed when its call was settled. */
    LATE_AFTER_APPLY,
    /** It landed when only a record stood for its id. */
    LATE_AFTER_THE_RECORD_ONLY,
    /** Something landed on another day than that on which it was sent. */
    LATE_AFTER_MIDNIGHT,
    /** An entry with another nonce than its record's was let go. */
    LATE_DUPLICATE_RELEASED,
    /** Call and reconciler decided within a millisecond of each other, or nearly. */
    MET_AT_THE_DEADLINE,
    /** A call charged a day that was not there yet, or not any more. */
    DAY_BY_A_SKEWED_CLOCK,
    MONTH_BY_A_SKEWED_CLOCK,
    /** Settled under other limits than admitted. */
    LIMIT_CHANGED_IN_FLIGHT,
    /** An old window stayed because another entry names it. */
    OLD_WINDOW_KEPT,
    OLD_WINDOW_DROPPED,
    RECORDED,
    RELEASED,
    ORPHANED,
    ORPHAN_CORRECTED,
    CORRECTED,
    OVERRUN,
    REPAIRED,
    /** An instance started with a clock that was minutes off. */
    STARTED_MINUTES_OFF,
    /** An answer of the store had a date of minutes ago. */
    OLD_DATE,
    FUTURE_DATE,
    DAY_CLOSED,
    /** A part of an open day was moved as an earlier release did it. */
    MOVED_EARLY,
    /** A row of an earlier release stood, and its part was still in the item. */
    EARLIER_ROW_TAKEN,
    /** A call's own name found no room in the item. */
    NAME_WITHOUT_ROOM,
    /** A call was counted under all others, though its entry had a name of its own. */
    NAME_NOT_KEPT,
    NAMES_DROPPED,
    /** An item has one day and name under two codes. */
    NAME_WITH_TWO_CODES,
    /**
     * A bucket that had been empty for at most 250 ms was extended from there, or began at the
     * present: both is possible then.
     */
    REQUESTS_EXTENDED,
    REQUESTS_SET,
    TOKENS_EXTENDED,
    TOKENS_SET,
    RECONCILERS_MET,
    /** The end user had room, and the tenant refused: the end user's entry was let go. */
    RELEASED_AFTER_THE_TENANT_REFUSED,
    REFUSED_BY_THE_END_USERS_TIER,
    /** The process died between the two holds: the end user's next call found the entry. */
    FOUND_AT_THE_END_USER,
    /** The same with the tenant's entry beside it. */
    BOTH_FOUND_AT_THE_END_USER,
    /** An end user's entry with another nonce than the record's was let go. */
    END_USERS_DUPLICATE_RELEASED,
    /** Admitted at the end user on one day, at the tenant on the next one. */
    MIDNIGHT_BETWEEN_THE_LEVELS,
    TIER_CHANGED_IN_FLIGHT,
    OTHER_TIER,
    END_USER_BLOCKED,
    FORGOTTEN_IN_FLIGHT,
    /** A call from before its end user was forgotten was corrected at the tenant alone. */
    CORRECTED_AFTER_FORGETTING,
    EXPIRED,
    EXPIRED_IN_FLIGHT,
    END_USER_ORPHANED,
    END_USER_CORRECTED,
    TENANT_WARNED,
    END_USER_WARNED,
    REFUSED,
    GRANTED,
    UNAVAILABLE
  }

  void count(SimStep step, SimFault fault) {
    faults.computeIfAbsent(step, _ -> new EnumMap<>(SimFault.class)).merge(fault, 1L, Long::sum);
  }

  /** How many calls of a step were made. */
  long calls(SimStep step) {
    return faults.getOrDefault(step, Map.of()).values().stream().mapToLong(Long::longValue).sum();
  }

  void count(Situation situation) {
    situations.merge(situation, 1L, Long::sum);
  }

  /** Adds what happened elsewhere. */
  void add(SimCoverage other) {
    other.faults.forEach((step, counts) ->
        counts.forEach((fault, count) ->
            faults
                .computeIfAbsent(step, _ -> new EnumMap<>(SimFault.class))
                .merge(fault, count, Long::sum)));
    other.situations.forEach((situation, count) -> situations.merge(situation, count, Long::sum));
  }

  void countIf(boolean holds, Situation situation) {
    if (holds) {
      count(situation);
    }
  }

  /** What never happened: faults of steps that write, and situations. */
  Set<String> missing() {
    var missing = new TreeSet<String>();
    for (var step : SimStep.values()) {
      for (var fault : SimFault.values()) {
        if (isPossible(step, fault) && !faults.getOrDefault(step, Map.of()).containsKey(fault)) {
          missing.add(step + " " + fault);
        }
      }
    }
    for (var situation : Situation.values()) {
      if (!situations.containsKey(situation)) {
        missing.add(situation.toString());
      }
    }
    return missing;
  }

  private static boolean isPossible(SimStep step, SimFault fault) {
    return !step.isAdmission() || fault != SimFault.REPEATED;
  }

  @Override
  public String toString() {
    return "faults " + faults + ", situations " + situations;
  }
}
