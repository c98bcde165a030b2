package dev.chatgate.quota.settle;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.EndUserHold;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.item.QuotaTable.Written;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.time.Backoff;
import dev.chatgate.time.Pause;
import dev.chatgate.time.RetryTime;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageRecords.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The two steps of every settlement, by a call, the reconciler or an operator: decide what a
 * reservation cost, once and for all, then apply that decision to the counters. Each is repeated
 * until it is done, its time is over or the store says that it will never do it; doing one again
 * has no effect.
 */
public final class Settler {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(1);
  private static final int NONCES = 1 << 24;
  private static final int LOW_BITS = 0xFF;
  private static final Duration CORRECTION_TIME = Duration.ofMinutes(5);
  private static final long MAX_SECONDS = 0xFFFF;

  private final QuotaTable table;
  private final UsageRecords records;
  private final LastSeenItems seen;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Pause pause;

  /**
   * @param table the counters
   * @param records the decisions
   * @param seen last states of the items, shared with all that write here
   * @param clock the store's time, see {@link StoreClock}
   * @param random jitter and nonces
   * @param pause waits between attempts
   */
  public Settler(
      QuotaTable table,
      UsageRecords records,
      LastSeenItems seen,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    this.table = table;
    this.records = records;
    this.seen = seen;
    this.clock = clock;
    this.random = random;
    this.pause = pause;
  }

  /** What became of the attempt to put a record. */
  public sealed interface Outcome {

    /**
     * A record stands, this one or an earlier one.
     *
     * @param record it
     */
    record Stands(UsageRecord record) implements Outcome {}

    /** The store was not there in time: a record may stand or not. */
    record Unanswered() implements Outcome {}

    /**
     * The store refused the record, and would refuse it again.
     *
     * @param cause what it said
     */
    record Rejected(RuntimeException cause) implements Outcome {}

    /** The record that stands, if one is known to. */
    default Optional<UsageRecord> standing() {
      return this instanceof Stands(UsageRecord record) ? Optional.of(record) : Optional.empty();
    }
  }

  /**
   * Puts a record if none of its key stands.
   *
   * @param record what the caller would decide
   * @param giveUpAt after this nothing more is tried; one attempt is always made
   */
  public Outcome decide(UsageRecord record, Instant giveUpAt) {
    var time = time(giveUpAt);
    do {
      var outcome = tryToDecide(record, time.forAttempt());
      if (!(outcome instanceof Outcome.Unanswered)) {
        return outcome;
      }
    } while (time.pause());
    return new Outcome.Unanswered();
  }

  private Outcome tryToDecide(UsageRecord record, Duration atMost) {
    try {
      return switch (records.decide(record, atMost)) {
        case Decision.Written _ -> new Outcome.Stands(record);
        case Decision.Standing(UsageRecord standing) -> new Outcome.Stands(standing);
        case Decision.NotDone refused ->
            refused.isPermanent()
                ? new Outcome.Rejected(refused.cause())
                : new Outcome.Unanswered();
      };
    } catch (StoreUnavailableException e) {
      // Written or not: asked again, the store says which record stands, unless it is damaged.
      return e.isPermanent() ? new Outcome.Rejected(e) : new Outcome.Unanswered();
    }
  }

  /**
   * Applies a decision to the entry that is found under its id, if one is. An entry with another
   * nonce than the record's is a late duplicate, and is let go with nothing charged.
   *
   * @param key the item
   * @param entry the entry as the caller knows it; another one found is dealt with too
   * @param decided the record that stands
   * @param giveUpAt after this nothing more is tried; one attempt is always made
   * @return whether no entry of the id is in the item any more
   */
  public boolean apply(
      QuotaKey key, ReservationEntry entry, UsageRecord decided, Instant giveUpAt) {
    var time = time(giveUpAt);
    Application step = new Application.Again(entry);
    while (step instanceof Application.Again(ReservationEntry expected)) {
      step = tryToApply(key, expected, decided, time.forAttempt());
      if (step instanceof Application.Again(ReservationEntry found)
          && !mayGoOn(time, expected, found)) {
        return false;
      }
    }
    return step instanceof Application.Done;
  }

  /**
   * Applies a decision at both levels. The tenant's item comes last, for its entry is what leads
   * the reconciler to the end user's.
   *
   * @param key the tenant's item
   * @param entry the entry there, as the caller knows it
   * @param endUser what is held at the end user's item, if anything
   * @param decided the record that stands
   * @param giveUpAt after this nothing more is tried; one attempt is always made
   * @return whether no entry of the id is in either item any more
   */
  public boolean apply(
      QuotaKey key,
      ReservationEntry entry,
      Optional<EndUserHold> endUser,
      UsageRecord decided,
      Instant giveUpAt) {
    boolean applied =
        endUser.map(hold -> apply(hold.key(), hold.entry(), decided, giveUpAt)).orElse(true);
    return applied && apply(key, entry, decided, giveUpAt);
  }

  /** An entry that was found in the place of the expected one is dealt with at once. */
  private static boolean mayGoOn(
      RetryTime time, ReservationEntry expected, ReservationEntry found) {
    return found.equals(expected) ? time.pause() : time.isLeft();
  }

  /** How far one attempt to apply came. */
  private sealed interface Application {
    /** No entry of the id is in the item. */
    record Done() implements Application {}

    /**
     * To be tried again.
     *
     * @param entry the entry that is still to be applied, as far as is known
     */
    record Again(ReservationEntry entry) implements Application {}

    /** The store refused the write, and would refuse it again. */
    record Rejected() implements Application {}
  }

  private Application tryToApply(
      QuotaKey key, ReservationEntry entry, UsageRecord decided, Duration atMost) {
    var id = decided.key().id();
    var now = Buckets.nanosOf(clock.instant());
    var write =
        SettlementWrite.update(id, entry, Charge.of(key, decided, entry), seen.last(key), now);
    try {
      return switch (table.update(key, write, atMost)) {
        case Written.Done(QuotaItem after) -> {
          seen.remember(key, after);
          yield new Application.Done();
        }
        case Written.Refused(QuotaItem before) -> {
          seen.remember(key, before);
          yield before
              .entry(id)
              .<Application>map(Application.Again::new)
              .orElseGet(Application.Done::new);
        }
        case Written.NotDone refused ->
            refused.isPermanent() ? new Application.Rejected() : new Application.Again(entry);
      };
    } catch (StoreUnavailableException e) {
      // Done or not: asked again, the store shows whether the entry is still there.
      return e.isPermanent() ? new Application.Rejected() : new Application.Again(entry);
    }
  }

  /**
   * Settles an entry after its deadline. The record that stands decides; if none does, the call
   * died, and its reserve is charged, or a correction was given up, and nothing is.
   *
   * @param key the item
   * @param id the reservation's id
   * @param entry the entry
   * @param model the name that the entry's model code stands for
   * @param giveUpAt after this nothing more is tried
   * @return the record that was applied; empty if the store was not there in time
   */
  public Optional<UsageRecord> expire(
      QuotaKey key, String id, ReservationEntry entry, String model, Instant giveUpAt) {
    try {
      var endUser = endUserHold(key, id, entry);
      var now = clock.instant();
      var record =
          entry.isCorrection()
              ? UsageRecordFactory.released(key, id, entry, model, now)
              : UsageRecordFactory.orphaned(key, id, entry, model, ownOf(endUser, entry), now);
      return decide(record, giveUpAt)
          .standing()
          .filter(standing -> apply(key, entry, endUser, standing, giveUpAt));
    } catch (StoreUnavailableException e) {
      return Optional.empty();
    }
  }

  /** What is found under the id in the end user's item that a tenant's entry names. */
  private Optional<EndUserHold> endUserHold(QuotaKey key, String id, ReservationEntry entry) {
    return entry
        .endUser()
        .map(other -> key.ofEndUser(other.hash()))
        .flatMap(item -> table.read(item).entry(id).map(found -> new EndUserHold(item, found)));
  }

  /** Without a late duplicate that has taken the place of the entry that belongs to the call. */
  private static Optional<EndUserHold> ownOf(
      Optional<EndUserHold> endUser, ReservationEntry entry) {
    int nonce = entry.endUser().map(ReservationEntry.EndUserEntry::nonce).orElse(0);
    return endUser.filter(hold -> hold.entry().nonce() == nonce);
  }

  /**
   * Settles an entry of an end user's item after its deadline. Mostly the tenant's item has one of
   * the same call, which is settled with it. If it has none, the call was never admitted, or is
   * settled already and this is a late duplicate: a tombstone record is put if no record stands,
   * and whatever stands is applied.
   *
   * @param key the end user's item
   * @param id the reservation's id
   * @param entry the entry
   * @param giveUpAt after this nothing more is tried
   * @return whether the entry is gone
   */
  public boolean expireAtEndUser(
      QuotaKey key, String id, ReservationEntry entry, Instant giveUpAt) {
    var tenantKey = QuotaKey.of(key.tenant());
    QuotaItem item;
    try {
      item = table.read(tenantKey);
    } catch (StoreUnavailableException e) {
      return false;
    }
    var beside = item.entry(id);
    if (beside.isPresent()) {
      var model = item.modelOf(beside.get());
      return expire(tenantKey, id, beside.get(), model, giveUpAt).isPresent();
    }
    var tombstone =
        UsageRecordFactory.released(tenantKey, id, entry, ModelCodes.OTHER, clock.instant());
    return decide(tombstone, giveUpAt)
        .standing()
        .filter(standing -> apply(key, entry, standing, giveUpAt))
        .isPresent();
  }

  /**
   * Corrects what a record charged: a record of its own, that counts on the day on which it is
   * made. The corrected call's windows move only while they are current.
   *
   * @param correction what to change
   * @param giveUpAt after this nothing more is tried
   * @return whether it is recorded and applied, now or before
   */
  public boolean correct(Correction correction, Instant giveUpAt) {
    var made = findRecord(correction.key(), giveUpAt);
    if (made.isUnknown()) {
      return false;
    }
    if (made.record().isPresent()) {
      return finish(correction, made.record().get(), giveUpAt);
    }
    return correction
        .endUserItem()
        .map(key -> correctAtBoth(key, correction, giveUpAt))
        .orElseGet(() -> correct(correction, Optional.empty(), giveUpAt));
  }

  private boolean correctAtBoth(QuotaKey endUser, Correction correction, Instant giveUpAt) {
    return switch (admit(endUser, correction, Optional.empty(), giveUpAt)) {
      case CorrectionEntry.In(ReservationEntry entry) ->
          correct(correction, Optional.of(new EndUserHold(endUser, entry)), giveUpAt);
      case CorrectionEntry.Forgotten _ -> correct(correction, Optional.empty(), giveUpAt);
      case CorrectionEntry.NotYet _, CorrectionEntry.Rejected _ -> false;
    };
  }

  private boolean correct(Correction correction, Optional<EndUserHold> endUser, Instant giveUpAt) {
    return admit(correction.item(), correction, endUser, giveUpAt)
            instanceof CorrectionEntry.In(ReservationEntry entry)
        && decideAndApply(correction, entry, endUser, giveUpAt);
  }

  private record Found(boolean isUnknown, Optional<UsageRecord> record) {}

  private Found findRecord(UsageRecord.Key key, Instant giveUpAt) {
    var time = time(giveUpAt);
    boolean again;
    do {
      try {
        return new Found(false, records.find(key));
      } catch (StoreUnavailableException e) {
        again = !e.isPermanent() && time.pause();
      }
    } while (again);
    return new Found(true, Optional.empty());
  }

  /** The record stands already: its entries go, if they are still there. */
  private boolean finish(Correction correction, UsageRecord standing, Instant giveUpAt) {
    var now = clock.instant();
    var key = correction.item();
    var entry = entryOf(correction, seen.last(key), standing.attempt(), now);
    var endUser =
        standing
            .endUser()
            .map(share -> {
              var item = key.ofEndUser(share.endUser());
              return new EndUserHold(
                  item, entryOf(correction, seen.last(item), share.attempt(), now));
            });
    return apply(key, entry, endUser, standing, giveUpAt) && standing.counts();
  }

  private boolean decideAndApply(
      Correction correction,
      ReservationEntry entry,
      Optional<EndUserHold> endUser,
      Instant giveUpAt) {
    var day = endUser.map(hold -> hold.entry().day());
    var decided =
        decide(UsageRecordFactory.correction(correction, entry, day, clock.instant()), giveUpAt)
            .standing();
    return decided.isPresent()
        && apply(correction.item(), entry, endUser, decided.get(), giveUpAt)
        && decided.get().counts();
  }

  /**
   * Lets the correction's entry in. Its nonce is drawn: should two callers make the same correction
   * at once, the record says which entry counts, and the other one is let go.
   *
   * @param beside the entry in the end user's item, which the tenant's names
   */
  private CorrectionEntry admit(
      QuotaKey key, Correction correction, Optional<EndUserHold> beside, Instant giveUpAt) {
    var time = time(giveUpAt);
    var admitted = tryToAdmit(key, correction, beside, time.forAttempt());
    while (admitted instanceof CorrectionEntry.NotYet && time.pause()) {
      admitted = tryToAdmit(key, correction, beside, time.forAttempt());
    }
    return admitted;
  }

  /** How far one attempt to let a correction's entry in came. */
  private sealed interface CorrectionEntry {
    /**
     * It is in the item.
     *
     * @param entry as it stands
     */
    record In(ReservationEntry entry) implements CorrectionEntry {}

    /** The end user was forgotten after the corrected call: nothing is to be corrected there. */
    record Forgotten() implements CorrectionEntry {}

    /** To be tried again. */
    record NotYet() implements CorrectionEntry {}

    /** The store refused the write, and would refuse it again. */
    record Rejected() implements CorrectionEntry {}
  }

  private CorrectionEntry tryToAdmit(
      QuotaKey key, Correction correction, Optional<EndUserHold> beside, Duration atMost) {
    var id = correction.key().id();
    var now = clock.instant();
    var item = seen.last(key);
    var alone = entryOf(correction, item, random.nextInt(1, NONCES), now);
    var entry = beside.map(hold -> alone.with(hold.named())).orElse(alone);
    var write =
        key.isOfEndUser()
            ? EntryWrite.correctAtEndUser(id, entry, beganAt(correction), item)
            : correctionAtTenant(correction, entry, item, Buckets.nanosOf(now));
    try {
      return switch (table.update(key, write, atMost)) {
        case Written.Done(QuotaItem after) -> {
          seen.remember(key, after);
          yield new CorrectionEntry.In(entry);
        }
        case Written.Refused(QuotaItem before) -> {
          seen.remember(key, before);
          yield before
              .entry(id)
              .<CorrectionEntry>map(CorrectionEntry.In::new)
              .orElseGet(() -> refused(before, correction));
        }
        case Written.NotDone refused ->
            refused.isPermanent() ? new CorrectionEntry.Rejected() : new CorrectionEntry.NotYet();
      };
    } catch (StoreUnavailableException e) {
      return e.isPermanent() ? new CorrectionEntry.Rejected() : new CorrectionEntry.NotYet();
    }
  }

  /** No tenant's item says that it was forgotten. */
  private static CorrectionEntry refused(QuotaItem before, Correction correction) {
    return EntryWrite.isForgotten(before, beganAt(correction))
        ? new CorrectionEntry.Forgotten()
        : new CorrectionEntry.NotYet();
  }

  private static Instant beganAt(Correction correction) {
    return correction.corrected().key().admittedAt();
  }

  private static ItemUpdate correctionAtTenant(
      Correction correction, ReservationEntry entry, QuotaItem item, long now) {
    var model = correction.corrected().model();
    int maxNames = ModelCodes.MAX_NAMES_WITH_CONFIGURED;
    return EntryWrite.begin(correction.key().id(), entry, model, maxNames, item, now).build();
  }

  private static ReservationEntry entryOf(
      Correction correction, QuotaItem item, int nonce, Instant now) {
    long madeAt = correction.madeAt().getEpochSecond();
    long toDeadline = now.plus(CORRECTION_TIME).getEpochSecond() - madeAt;
    var corrected = correction.corrected();
    return new ReservationEntry(
        nonce & LOW_BITS,
        0,
        0,
        0,
        madeAt,
        (int) Math.clamp(toDeadline, 0, MAX_SECONDS),
        Math.max(Windows.dayOf(now), item.newestDay()),
        ModelCodes.codeFor(corrected.model(), item, ModelCodes.MAX_NAMES_WITH_CONFIGURED),
        nonce >>> Byte.SIZE);
  }

  private RetryTime time(Instant giveUpAt) {
    var backoff = new Backoff(pause, random, FIRST_PAUSE, MAX_PAUSE);
    return new RetryTime(clock, backoff, giveUpAt);
  }
}
