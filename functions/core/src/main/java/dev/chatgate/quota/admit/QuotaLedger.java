package dev.chatgate.quota.admit;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement;
import dev.chatgate.quota.Settlement.Progress;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.limit.RefusalCache;
import dev.chatgate.quota.settle.Correction;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.quota.settle.Settler.Outcome;
import dev.chatgate.quota.settle.UsageRecordFactory;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
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
    if (isBlocked(claim, now)) {
      return new Admission.EndUserBlocked(0);
    }
    return refusedByItself(claim, now)
        .<Admission>map(refusal -> refused(claim, refusal, now))
        .or(() -> claim.endUserLevel().flatMap(level -> neverHeld(claim, level, now)))
        .orElseGet(() -> new ClaimAdmission(parts, claim, now).run());
  }

  @Override
  public boolean needsStore(Claim claim) {
    var now = parts.clock().instant();
    return !isBlocked(claim, now) && refusedByItself(claim, now).isEmpty();
  }

  private boolean isBlocked(Claim claim, Instant now) {
    return claim
        .endUserLevel()
        .filter(level -> parts.spent().isBlocked(level.key(), now))
        .isPresent();
  }

  private Optional<Refusal> refusedByItself(Claim claim, Instant now) {
    return parts.limits().neverFits(claim, claim.tenantLevel()).or(() -> recall(claim, now));
  }

  private Optional<Refusal> recall(Claim claim, Instant now) {
    return claim.levels().stream()
        .flatMap(level -> parts.spent().recall(claim, level, now).stream())
        .findFirst();
  }

  private Admission refused(Claim claim, Refusal refusal, Instant now) {
    return new Admission.Refused(refusal, lastRateLimits(claim, now), 0);
  }

  private RateLimits lastRateLimits(Claim claim, Instant now) {
    var level = claim.levels().getFirst();
    return parts.seen().has(level.key())
        ? parts.limits().rateLimits(level.quota(), parts.seen().last(level.key()), now)
        : RateLimits.NONE;
  }

  /**
   * The answer to a claim that the end user's tier could never hold: a refusal, if that is the
   * tier. No write could ask for it, because the conditions hold of an item that is not there yet.
   */
  private Optional<Admission> neverHeld(Claim claim, ClaimLevel level, Instant now) {
    return parts
        .limits()
        .neverFits(claim, level)
        .map(refusal -> confirmed(claim, level, refusal, now));
  }

  private Admission confirmed(Claim claim, ClaimLevel level, Refusal refusal, Instant now) {
    try {
      var item = read(level.key());
      var operatorTier = item.text(ItemNames.OPERATOR_TIER);
      if (item.has(ItemNames.BLOCKED)) {
        parts.spent().rememberBlock(level.key(), now);
        return new Admission.EndUserBlocked(0);
      }
      if (!operatorTier.equals(level.operatorTier())) {
        return new Admission.OtherTier(operatorTier, 0);
      }
      parts.spent().remember(level, refusal, now);
      return refused(claim, refusal, now);
    } catch (StoreUnavailableException e) {
      return new Admission.Unavailable(e, 0);
    }
  }

  private QuotaItem read(QuotaKey key) {
    var item = parts.table().read(key);
    parts.seen().remember(key, item);
    return item;
  }

  @Override
  public Optional<String> lastOperatorTier(TenantId tenant, EndUser endUser) {
    return parts.seen().last(QuotaKey.of(tenant, endUser)).text(ItemNames.OPERATOR_TIER);
  }

  @Override
  public Optional<String> operatorTier(TenantId tenant, EndUser endUser) {
    return read(QuotaKey.of(tenant, endUser)).text(ItemNames.OPERATOR_TIER);
  }

  @Override
  public Settlement settle(
      Reservation reservation, Consumption consumption, CallFacts facts, Instant giveUpAt) {
    var record = UsageRecordFactory.call(reservation, consumption, facts, parts.clock().instant());
    return switch (parts.settler().decide(record, giveUpAt)) {
      case Outcome.Stands(UsageRecord standing) ->
          applied(reservation, record, apply(reservation, record, standing, giveUpAt));
      case Outcome.Unanswered _ -> settled(record, Progress.LEFT_TO_RECONCILER);
      case Outcome.Rejected(RuntimeException cause) ->
          new Settlement(Progress.REJECTED_BY_STORE, record, Optional.of(cause));
    };
  }

  private Settlement applied(Reservation reservation, UsageRecord record, Progress progress) {
    if (progress != Progress.APPLIED) {
      return settled(record, progress);
    }
    var marks = new WarningMarks(parts);
    var warnings =
        reservation.claim().levels().stream()
            .filter(level -> !level.quota().warnAt().isEmpty())
            .flatMap(level -> marks.mark(level).stream())
            .toList();
    return new Settlement(progress, record, Optional.empty(), warnings);
  }

  private static Settlement settled(UsageRecord record, Progress progress) {
    return new Settlement(progress, record, Optional.empty());
  }

  private Progress apply(
      Reservation reservation, UsageRecord wanted, UsageRecord standing, Instant giveUpAt) {
    boolean applied =
        parts
            .settler()
            .apply(
                reservation.key(), reservation.entry(), reservation.endUser(), standing, giveUpAt);
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
                    bucketNanos(difference, reservation.claim().tenantLevel()),
                    reservation
                        .claim()
                        .endUserLevel()
                        .map(level -> bucketNanos(difference, level))
                        .orElse(0L),
                    reservation.deadline(),
                    Optional.empty(),
                    wanted.call()),
                giveUpAt);
  }

  private static long bucketNanos(UsageTotals difference, ClaimLevel level) {
    return Limits.bucketNanos(Math.max(0, difference.tokens()), level.quota());
  }
}
