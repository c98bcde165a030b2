package dev.chatgate.quota;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.QuotaTable.Written;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageRecords.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The two steps of every settlement, whoever makes it: decide what a reservation cost, once and for
 * all, then apply that decision to the counters. Each is repeated until it is done or its time is
 * over; doing one again has no effect.
 */
public final class Settler {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final int NONCES = 1 << 24;
  private static final int LOW_BITS = 0xFF;
  private static final Duration CORRECTION_TIME = Duration.ofMinutes(5);
  private static final long MOST_SECONDS = 0xFFFF;

  private final QuotaTable table;
  private final UsageRecords records;
  private final SeenItems seen;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Pause pause;

  /**
   * @param table the counters
   * @param records the decisions
   * @param seen last states of the items, shared with whoever else writes here
   * @param clock the store's time, see {@link StoreClock}
   * @param random jitter and nonces
   * @param pause waits between attempts
   */
  public Settler(
      QuotaTable table,
      UsageRecords records,
      SeenItems seen,
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

  /**
   * Puts a record if none of its key stands.
   *
   * @param record what the caller would decide
   * @param giveUpAt after this nothing more is tried; one attempt is always made
   * @return the record that stands; empty if the store was not there in time
   */
  public Optional<UsageRecord> decide(UsageRecord record, Instant giveUpAt) {
    var backoff = backoff();
    do {
      var standing = tryToDecide(record);
      if (standing.isPresent()) {
        return standing;
      }
      backoff.pause();
    } while (clock.instant().isBefore(giveUpAt));
    return Optional.empty();
  }

  private Optional<UsageRecord> tryToDecide(UsageRecord record) {
    try {
      return switch (records.decide(record)) {
        case Decision.Written _ -> Optional.of(record);
        case Decision.Standing(UsageRecord standing) -> Optional.of(standing);
        case Decision.NotDone _ -> Optional.empty();
      };
    } catch (StoreUnavailableException e) {
      // Written or not: asked again, the store says which record stands.
      return Optional.empty();
    }
  }

  /**
   * Applies a decision to the entry that is found under its id, if one is. An entry with another
   * nonce than the record's is a late twin, and is let go with nothing charged.
   *
   * @param key the item
   * @param entry the entry as the caller knows it; another one found is dealt with too
   * @param decided the record that stands
   * @param giveUpAt after this nothing more is tried; one attempt is always made
   * @return whether no entry of the id is in the item any more
   */
  public boolean apply(QuotaKey key, Entry entry, UsageRecord decided, Instant giveUpAt) {
    var id = decided.key().id();
    var backoff = backoff();
    var expected = Optional.of(entry);
    do {
      var before = expected;
      expected = tryToApply(key, id, expected.get(), decided);
      if (expected.isEmpty()) {
        return true;
      }
      if (expected.equals(before)) {
        backoff.pause();
      }
    } while (clock.instant().isBefore(giveUpAt));
    return false;
  }

  /** Returns the entry that is still to be applied, as far as is known. */
  private Optional<Entry> tryToApply(QuotaKey key, String id, Entry entry, UsageRecord decided) {
    var write =
        Applying.update(
            id, entry, Charge.of(decided, entry), seen.last(key), Buckets.nanosOf(clock.instant()));
    try {
      return switch (table.update(key, write)) {
        case Written.Done(QuotaItem after) -> {
          seen.remember(key, after);
          yield Optional.empty();
        }
        case Written.Refused(QuotaItem before) -> {
          seen.remember(key, before);
          yield before.entry(id);
        }
        case Written.NotDone _ -> Optional.of(entry);
      };
    } catch (StoreUnavailableException e) {
      // Done or not: asked again, the store shows whether the entry is still there.
      return Optional.of(entry);
    }
  }

  /**
   * Settles an entry whose deadline has passed. The record that stands decides; if none does, the
   * call died, and its reserve is charged, or a correction was given up, and nothing is.
   *
   * @param key the item
   * @param id the reservation's id
   * @param entry the entry
   * @param model the name that the entry's model code stands for
   * @param giveUpAt after this nothing more is tried
   * @return the record that was applied; empty if the store was not there in time
   */
  public Optional<UsageRecord> expire(
      QuotaKey key, String id, Entry entry, String model, Instant giveUpAt) {
    var now = clock.instant();
    var record =
        entry.isCorrection()
            ? Records.released(key.tenant(), id, entry, model, now)
            : Records.orphaned(key.tenant(), id, entry, model, now);
    return decide(record, giveUpAt).filter(standing -> apply(key, entry, standing, giveUpAt));
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
    var key = QuotaKey.of(correction.key().tenant());
    var made = findRecord(correction.key(), giveUpAt);
    if (made.isUnknown()) {
      return false;
    }
    if (made.record().isPresent()) {
      return finish(key, correction, made.record().get(), giveUpAt);
    }
    return admit(key, correction, giveUpAt)
        .map(entry -> decideAndApply(key, correction, entry, giveUpAt))
        .orElse(false);
  }

  private record Found(boolean isUnknown, Optional<UsageRecord> record) {}

  private Found findRecord(UsageRecord.Key key, Instant giveUpAt) {
    var backoff = backoff();
    do {
      try {
        return new Found(false, records.find(key));
      } catch (StoreUnavailableException e) {
        backoff.pause();
      }
    } while (clock.instant().isBefore(giveUpAt));
    return new Found(true, Optional.empty());
  }

  /** The record stands already: its entry goes, if it is still there. */
  private boolean finish(
      QuotaKey key, Correction correction, UsageRecord standing, Instant giveUpAt) {
    var entry = entryOf(correction, seen.last(key), standing.attempt(), clock.instant());
    return apply(key, entry, standing, giveUpAt) && standing.counts();
  }

  private boolean decideAndApply(
      QuotaKey key, Correction correction, Entry entry, Instant giveUpAt) {
    var decided = decide(Records.correction(correction, entry, clock.instant()), giveUpAt);
    return decided.isPresent()
        && apply(key, entry, decided.get(), giveUpAt)
        && decided.get().counts();
  }

  /**
   * Lets the correction's entry in. Its nonce is drawn: should two callers make the same correction
   * at once, the record says whose entry counts, and the other's is let go.
   */
  private Optional<Entry> admit(QuotaKey key, Correction correction, Instant giveUpAt) {
    var id = correction.key().id();
    var backoff = backoff();
    do {
      var now = clock.instant();
      var item = seen.last(key);
      var entry = entryOf(correction, item, random.nextInt(NONCES), now);
      var model = correction.corrected().model();
      var write = Admitting.correction(id, entry, model, item, Buckets.nanosOf(now));
      var admitted = tryToAdmit(key, id, entry, write);
      if (admitted.isPresent()) {
        return admitted;
      }
      backoff.pause();
    } while (clock.instant().isBefore(giveUpAt));
    return Optional.empty();
  }

  private Optional<Entry> tryToAdmit(QuotaKey key, String id, Entry entry, ItemUpdate write) {
    try {
      return switch (table.update(key, write)) {
        case Written.Done(QuotaItem after) -> {
          seen.remember(key, after);
          yield Optional.of(entry);
        }
        case Written.Refused(QuotaItem before) -> {
          seen.remember(key, before);
          yield before.entry(id);
        }
        case Written.NotDone _ -> Optional.empty();
      };
    } catch (StoreUnavailableException e) {
      return Optional.empty();
    }
  }

  private static Entry entryOf(Correction correction, QuotaItem item, int nonce, Instant now) {
    long madeAt = correction.madeAt().getEpochSecond();
    long toDeadline = now.plus(CORRECTION_TIME).getEpochSecond() - madeAt;
    var corrected = correction.corrected();
    return new Entry(
        nonce & LOW_BITS,
        0,
        0,
        0,
        madeAt,
        (int) Math.clamp(toDeadline, 0, MOST_SECONDS),
        Math.max(Windows.dayOf(now), item.newestDay()),
        ModelCodes.codeFor(corrected.model(), item, ModelCodes.MAX_NAMES_WITH_CONFIGURED),
        nonce >>> Byte.SIZE);
  }

  private Backoff backoff() {
    return new Backoff(pause, random, FIRST_PAUSE, LONGEST_PAUSE);
  }
}
