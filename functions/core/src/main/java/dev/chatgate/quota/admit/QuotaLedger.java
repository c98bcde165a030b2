package dev.chatgate.quota.admit;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.RefusalCache;
import dev.chatgate.quota.limit.Refusals;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.quota.settle.Settler.Outcome;
import dev.chatgate.quota.settle.UsageRecordFactory;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreTime;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * The ledger over a table of quota items and a table of records. One conditional write admits; a
 * record, written once, decides what the call cost; one conditional write applies it. No
 * transaction, and no read before a write.
 */
public final class QuotaLedger implements Ledger {
  /** How long a spent limit is remembered. */
  public static final Duration SPENT_MEMORY = Duration.ofSeconds(3);

  private static final int SEEN_ITEMS = 1_000;

  private final Parts parts;

  /** What an admission works with. */
  record Parts(
      QuotaTable table,
      LastSeenItems seen,
      Settler settler,
      RefusalCache spent,
      StoreTime clock,
      RandomGenerator random,
      Pause pause,
      LedgerListener listener) {}

  /**
   * @param table the counters
   * @param records the decisions
   * @param clock the store's time
   * @param random jitter; seeded in this process
   * @param pause waits between attempts
   * @param listener hears how it went
   */
  public QuotaLedger(
      QuotaTable table,
      UsageRecords records,
      StoreTime clock,
      RandomGenerator random,
      Pause pause,
      LedgerListener listener) {
    var seen = new LastSeenItems(SEEN_ITEMS);
    var settler = new Settler(table, records, seen, clock, random, pause);
    var spent = new RefusalCache(SPENT_MEMORY);
    parts = new Parts(table, seen, settler, spent, clock, random, pause, listener);
  }

  @Override
  public Admission admit(Claim claim) {
    var now = parts.clock().instant();
    var refusal = Refusals.neverFits(claim).or(() -> parts.spent().recall(claim, now));
    if (refusal.isPresent()) {
      return ended(claim, new Admission.Refused(refusal.get(), lastRateLimits(claim, now)), 0);
    }
    var run = new AdmissionRun(parts, claim, now);
    return ended(claim, run.run(), run.attempts());
  }

  private Admission ended(Claim claim, Admission admission, int attempts) {
    parts.listener().admissionEnded(claim, admission, attempts);
    return admission;
  }

  private RateLimits lastRateLimits(Claim claim, Instant now) {
    var key = QuotaKey.of(claim.credential().tenant().id());
    return parts.seen().has(key)
        ? RateLimits.of(claim.quota(), parts.seen().last(key), Buckets.nanosOf(now))
        : RateLimits.NONE;
  }

  @Override
  public Settlement settle(
      Reservation reservation, Consumption consumption, CallFacts facts, Instant giveUpAt) {
    var record = UsageRecordFactory.call(reservation, consumption, facts, parts.clock().instant());
    var settlement =
        switch (parts.settler().decide(record, giveUpAt)) {
          case Outcome.Stands(UsageRecord standing) ->
              apply(reservation, record, standing, giveUpAt);
          case Outcome.Unanswered _ -> Settlement.LEFT_TO_RECONCILER;
          case Outcome.Rejected(RuntimeException cause) -> {
            parts.listener().recordRejected(record, cause);
            yield Settlement.REJECTED_BY_STORE;
          }
        };
    parts.listener().settlementEnded(record, settlement);
    return settlement;
  }

  private Settlement apply(
      Reservation reservation, UsageRecord wanted, UsageRecord standing, Instant giveUpAt) {
    var key = QuotaKey.of(reservation.tenant());
    boolean applied = parts.settler().apply(key, reservation.entry(), standing, giveUpAt);
    boolean corrected =
        standing.kind() != UsageRecord.Kind.ORPHANED
            || wanted.attempt() != standing.attempt()
            || correctOrphan(reservation, wanted, standing, giveUpAt);
    return applied && corrected ? Settlement.APPLIED : Settlement.RECORDED;
  }

  /** The reconciler believed the call dead and charged its reserve: the difference follows. */
  private boolean correctOrphan(
      Reservation reservation, UsageRecord wanted, UsageRecord orphan, Instant giveUpAt) {
    var difference = wanted.charged().minus(orphan.charged()).withoutCalls();
    return difference.equals(UsageTotals.ZERO)
        || parts
            .settler()
            .correct(
                new Correction(
                    orphan,
                    difference,
                    bucketNanos(reservation, difference),
                    reservation.deadline(),
                    Optional.empty(),
                    wanted.call()),
                giveUpAt);
  }

  private static long bucketNanos(Reservation reservation, UsageTotals difference) {
    OptionalLong limit = reservation.claim().quota().tokensPerMinute();
    return Buckets.nanosFor(Math.max(0, difference.tokens()), limit);
  }
}
