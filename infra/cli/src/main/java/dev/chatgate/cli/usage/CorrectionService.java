package dev.chatgate.cli.usage;

import dev.chatgate.cli.console.CommandException;
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

/** Writes corrections of a call, on top of earlier ones. */
final class CorrectionService {
  private static final Duration MAX_DURATION = Duration.ofSeconds(60);

  /** The correction of an orphan by its own call is dated by the call's deadline, in the future. */
  private static final Duration LOOK_AHEAD = Duration.ofMinutes(20);

  private static final int MAX_ROUNDS = 5;

  private final UsageRecords records;
  private final Settler settler;
  private final InstantSource clock;

  CorrectionService(UsageRecords records, Settler settler, InstantSource clock) {
    this.records = records;
    this.settler = settler;
    this.clock = clock;
  }

  /** The current charge of a call: its record plus all its corrections. */
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
        clock.instant().plus(LOOK_AHEAD),
        record -> {
          if (record.counts()
              && record.corrected().stream().anyMatch(c -> c.key().equals(call.key()))) {
            found.add(record);
          }
        });
    return found;
  }

  /**
   * Corrects a call until its charge is the given one. Several rounds may be needed: others may
   * correct the same call, and the ledger accepts one correction per call and second.
   *
   * @param call the call's record
   * @param corrected what the call should be charged in total
   * @param reason the reason, stored in the correction
   * @throws CommandException if the charge still differs after five rounds, or the store fails
   */
  void correct(UsageRecord call, UsageTotals corrected, String reason) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      var earlier = corrections(call);
      var charged =
          earlier.stream().map(UsageRecord::charged).reduce(call.charged(), UsageTotals::plus);
      var difference = corrected.minus(charged).withoutCalls();
      if (difference.equals(UsageTotals.ZERO)) {
        return;
      }
      var correction = Correction.byOperator(call, difference, madeAt(earlier), reason);
      if (!settler.correct(correction, clock.instant().plus(MAX_DURATION))) {
        throw incomplete();
      }
    }
    if (!corrected.minus(charged(call)).withoutCalls().equals(UsageTotals.ZERO)) {
      throw incomplete();
    }
  }

  /** The current second, or one second after the latest correction by an operator. */
  private Instant madeAt(List<UsageRecord> earlier) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return earlier.stream()
        .filter(record -> record.call().isEmpty())
        .map(record -> record.key().admittedAt().plusSeconds(1))
        .reduce(now, (a, b) -> a.isAfter(b) ? a : b);
  }

  private static CommandException incomplete() {
    return CommandException.error(
        "The correction was not completed. Run the same command again; nothing is corrected"
            + " twice.");
  }
}
