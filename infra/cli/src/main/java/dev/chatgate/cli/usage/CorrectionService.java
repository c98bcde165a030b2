package dev.chatgate.cli.usage;

import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Brings what a call was charged to what it should have been, whatever was corrected before. */
final class CorrectionService {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** A call's own correction is dated by its deadline, which may be to come. */
  private static final Duration AHEAD = Duration.ofMinutes(20);

  private static final int MOST_ROUNDS = 5;

  private final UsageRecords records;
  private final Settler settler;
  private final InstantSource clock;

  CorrectionService(UsageRecords records, Settler settler, InstantSource clock) {
    this.records = records;
    this.settler = settler;
    this.clock = clock;
  }

  /** What a call is charged now: its record and the corrections of it. */
  UsageTotals charged(UsageRecord call) {
    return corrections(call).stream()
        .map(UsageRecord::charged)
        .reduce(call.charged(), UsageTotals::plus);
  }

  private List<UsageRecord> corrections(UsageRecord call) {
    var found = new ArrayList<UsageRecord>();
    records.forEach(
        call.key().tenant(),
        call.key().admittedAt(),
        clock.instant().plus(AHEAD),
        record -> {
          if (record.counts()
              && record.corrected().stream().anyMatch(c -> c.key().equals(call.key()))) {
            found.add(record);
          }
        });
    return found;
  }

  /**
   * Corrects, until the sum is the truth: somebody else may be correcting the same call, and of two
   * corrections in one second the ledger takes one.
   *
   * @throws RefusedException if that does not come about
   */
  void correct(UsageRecord call, UsageTotals truth, String reason) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      var before = corrections(call);
      var charged =
          before.stream().map(UsageRecord::charged).reduce(call.charged(), UsageTotals::plus);
      var difference = truth.minus(charged).withoutCalls();
      if (difference.equals(UsageTotals.ZERO)) {
        return;
      }
      var correction = Correction.byOperator(call, difference, madeAt(before), reason);
      if (!settler.correct(correction, clock.instant().plus(LONGEST))) {
        throw notDone();
      }
    }
    if (!truth.minus(charged(call)).withoutCalls().equals(UsageTotals.ZERO)) {
      throw notDone();
    }
  }

  /** Now, in whole seconds, but later than every operator's correction that there is. */
  private Instant madeAt(List<UsageRecord> before) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return before.stream()
        .filter(record -> record.call().isEmpty())
        .map(record -> record.key().admittedAt().plusSeconds(1))
        .reduce(now, (a, b) -> a.isAfter(b) ? a : b);
  }

  private static RefusedException notDone() {
    return RefusedException.cannotRun(
        "The correction did not come through; say the same line again, what is done is not done"
            + " twice.");
  }
}
