package dev.chatgate.quota.admit;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement;
import dev.chatgate.quota.Settlement.Progress;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.limit.RefusalCache;
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

  private final AdmissionParts parts;

  /**
   * @param table the counters
   * @param records the decisions
   * @param clock the store's time
   * @param random jitter; seeded in this process
   * @param pause waits between attempts
   * @param listener is called after the repair of a bucket
   */
  public QuotaLedger(
      QuotaTable table,
      UsageRecords records,
      StoreTime clock,
      RandomGenerator random,
      Pause pause,
      LedgerListener listener) {
    this(Limits.ALL, table, records, clock, random, pause, listener);
  }

  /**
   * A ledger with other limits than {@link Limits#ALL}.
   *
   * @param limits what calls are held to
   */
  public QuotaLedger(
      Limits limits,
      QuotaTable table,
      UsageRecords records,
      StoreTime clock,
      RandomGenerator random,
      Pause pause,
      LedgerListener listener) {
    var seen = new LastSeenItems(SEEN_ITEMS);
    var settler = new Settler(table, records, seen, clock, random, pause);
    var spent = new RefusalCache(limits, SPENT_MEMORY);
    parts = new AdmissionParts(limits, table, seen, settler, spent, clock, random, pause, listener);
  }

  @Override
  public Admission admit(Claim claim) {
    var now = parts.clock().instant();
    var refusal = refusedByItself(claim, now);
    if (refusal.isPresent()) {
      return new Admission.Refused(refusal.get(), lastRateLimits(claim, now), 0);
    }
    return new AdmissionRun(parts, claim, now).run();
  }

  @Override
  public boolean needsStore(Claim claim) {
    return refusedByItself(claim, parts.clock().instant()).isEmpty();
  }

  private Optional<Refusal> refusedByItself(Claim claim, Instant now) {
    return parts.limits().neverFits(claim).or(() -> parts.spent().recall(claim, now));
  }

  private RateLimits lastRateLimits(Claim claim, Instant now) {
    return parts.seen().has(claim.key())
        ? parts.limits().rateLimits(claim.quota(), parts.seen().last(claim.key()), now)
        : RateLimits.NONE;
  }

  @Override
  public Settlement settle(
      Reservation reservation, Consumption consumption, CallFacts facts, Instant giveUpAt) {
    var record = UsageRecordFactory.call(reservation, consumption, facts, parts.clock().instant());
    return switch (parts.settler().decide(record, giveUpAt)) {
      case Outcome.Stands(UsageRecord standing) ->
          settled(record, apply(reservation, record, standing, giveUpAt));
      case Outcome.Unanswered _ -> settled(record, Progress.LEFT_TO_RECONCILER);
      case Outcome.Rejected(RuntimeException cause) ->
          new Settlement(Progress.REJECTED_BY_STORE, record, Optional.of(cause));
    };
  }

  private static Settlement settled(UsageRecord record, Progress progress) {
    return new Settlement(progress, record, Optional.empty());
  }

  private Progress apply(
      Reservation reservation, UsageRecord wanted, UsageRecord standing, Instant giveUpAt) {
    boolean applied =
        parts.settler().apply(reservation.key(), reservation.entry(), standing, giveUpAt);
    boolean corrected =
        standing.kind() != UsageRecord.Kind.ORPHANED
            || wanted.attempt() != standing.attempt()
            || correctOrphan(reservation, wanted, standing, giveUpAt);
    return applied && corrected ? Progress.APPLIED : Progress.RECORDED;
  }

  /** The reconciler took the call for dead and charged its reserve: the difference follows. */
  private boolean correctOrphan(
      Reservation reservation, UsageRecord wanted, UsageRecord orphan, Instant giveUpAt) {
    var difference = wanted.charged().minus(orphan.charged()).withoutCalls();
    return difference.equals(UsageTotals.ZERO)
        || parts
            .settler()
            .correct(
                new Correction(
                    reservation.key(),
                    orphan,
                    difference,
                    bucketNanos(reservation, difference),
                    reservation.deadline(),
                    Optional.empty(),
                    wanted.call()),
                giveUpAt);
  }

  private static long bucketNanos(Reservation reservation, UsageTotals difference) {
    return Limits.bucketNanos(Math.max(0, difference.tokens()), reservation.claim().quota());
  }
}
