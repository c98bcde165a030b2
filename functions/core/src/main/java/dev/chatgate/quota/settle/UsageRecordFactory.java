package dev.chatgate.quota.settle;

import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.EndUserHold;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Quota;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.EndUserShare;
import dev.chatgate.usage.TokenCounts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import dev.chatgate.usage.UsageRecord.Corrected;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageRecord.PriceUsed;
import dev.chatgate.usage.UsageTotals;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/** Makes the records that decide what reservations cost. Pure. */
public final class UsageRecordFactory {
  /** A longer {@code usage} object is not kept: a record must always fit its item. */
  private static final int MAX_RAW_USAGE = 16_384;

  /** The provider's name for a model is the tenant's where there is no alias. */
  private static final int MAX_UPSTREAM_MODEL = 1_024;

  private static final int NOT_FOUND = 404;

  private UsageRecordFactory() {}

  /**
   * The record of a call that ended.
   *
   * @param reservation what was held
   * @param consumption what was used
   * @param facts what else is known
   * @param now the present
   */
  public static UsageRecord call(
      Reservation reservation, Consumption consumption, CallFacts facts, Instant now) {
    var claim = reservation.claim();
    var entry = reservation.entry();
    var used = tally(claim, consumption);
    return new UsageRecord(
        keyOf(reservation),
        Kind.CALL,
        entry.nonce(),
        entry.day(),
        modelOf(reservation, facts),
        entry.keyCode(),
        used,
        entry.tokens(),
        entry.microUsd(),
        Limits.bucketNanos(used.tokens(), claim.quota()),
        used.tokens() > entry.tokens() || used.microUsd() > entry.microUsd(),
        now,
        Optional.empty(),
        Optional.of(details(reservation, consumption, facts)),
        reservation.endUser().map(hold -> share(claim, hold, used)));
  }

  private static EndUserShare share(Claim claim, EndUserHold hold, UsageTotals used) {
    var quota = claim.endUserLevel().map(ClaimLevel::quota).orElse(Quota.UNLIMITED);
    return share(hold, Limits.bucketNanos(used.tokens(), quota));
  }

  private static EndUserShare share(EndUserHold hold, long bucketNanos) {
    var entry = hold.entry();
    return new EndUserShare(
        hold.key().endUser().orElseThrow(), entry.nonce(), entry.day(), entry.day(), bucketNanos);
  }

  /**
   * The name that the call is counted under. One that the provider does not know, and that is
   * configured nowhere, is not kept: clients can make up any number of them.
   */
  private static String modelOf(Reservation reservation, CallFacts facts) {
    var claim = reservation.claim();
    boolean unknown = facts.status() == NOT_FOUND && !claim.isModelConfigured();
    return unknown || reservation.entry().modelCode() == ModelCodes.OTHER_CODE
        ? ModelCodes.OTHER
        : ModelCodes.nameOf(claim.model());
  }

  static UsageRecord.Key keyOf(Reservation reservation) {
    return new UsageRecord.Key(
        reservation.key().tenant(),
        reservation.entry().admittedAt(),
        reservation.requestId().reservationId());
  }

  private static UsageTotals tally(Claim claim, Consumption consumption) {
    var counts = bounded(consumption.counts());
    return new UsageTotals(
        1,
        counts.prompt(),
        counts.cached(),
        counts.completion(),
        microUsd(claim, counts),
        consumption instanceof Consumption.Estimated ? 1 : 0);
  }

  /** A provider may say anything; sums of records must not overflow by it. */
  private static TokenCounts bounded(TokenCounts counts) {
    return new TokenCounts(
        Math.min(ReservationEntry.MAX, counts.prompt()),
        Math.min(ReservationEntry.MAX, counts.cached()),
        Math.min(ReservationEntry.MAX, counts.completion()));
  }

  private static long microUsd(Claim claim, TokenCounts counts) {
    try {
      return Math.min(
          ReservationEntry.MAX, claim.price().map(price -> price.microUsd(counts)).orElse(0L));
    } catch (ArithmeticException tooMuch) {
      return ReservationEntry.MAX;
    }
  }

  private static Call details(Reservation reservation, Consumption consumption, CallFacts facts) {
    var claim = reservation.claim();
    return new Call(
        reservation.requestId().value(),
        claim.caller().keyName(),
        claim.caller().endUser().map(EndUser::id),
        bounded(facts),
        claim.promptTokens(),
        claim.completionTokens(),
        rawUsage(consumption).filter(raw -> raw.length() <= MAX_RAW_USAGE),
        claim
            .price()
            .map(
                price -> new PriceUsed(price.from(), price.tierOf(consumption.counts().prompt()))));
  }

  private static CallFacts bounded(CallFacts facts) {
    return new CallFacts(
        facts.status(),
        facts.errorCode(),
        facts.stream(),
        facts.clientRetries(),
        ModelCodes.cut(facts.upstreamModel(), MAX_UPSTREAM_MODEL),
        facts.timeToFirstToken(),
        facts.duration());
  }

  private static Optional<String> rawUsage(Consumption consumption) {
    return switch (consumption) {
      case Consumption.Nothing _ -> Optional.empty();
      case Consumption.Measured measured -> Optional.of(measured.rawUsage());
      case Consumption.Estimated estimated -> estimated.rawUsage();
    };
  }

  /**
   * The record of a call that died: the reserve is charged. How it divides between prompt and
   * completion is not in the entry; all of it counts as prompt.
   *
   * @param item the quota item that holds the entry
   * @param id the reservation's id
   * @param entry what was held
   * @param model the name that the entry's model code stands for
   * @param endUser what the end user's item holds, if the call is held there too
   * @param now the present
   */
  public static UsageRecord orphaned(
      QuotaKey item,
      String id,
      ReservationEntry entry,
      String model,
      Optional<EndUserHold> endUser,
      Instant now) {
    return without(
        new UsageRecord.Key(item.tenant(), entry.admittedAt(), id),
        Kind.ORPHANED,
        entry,
        model,
        new UsageTotals(1, entry.tokens(), 0, 0, entry.microUsd(), 1),
        endUser.map(hold -> share(hold, hold.entry().holdNanos())),
        now);
  }

  /**
   * A tombstone record, which lets an entry go with nothing charged: of an admission that was given
   * up, or of a correction that expired before its record.
   *
   * @param item the quota item that holds the entry
   * @param id the reservation's id
   * @param entry what is or may come to be held
   * @param model the name that the entry's model code stands for
   * @param now the present
   */
  public static UsageRecord released(
      QuotaKey item, String id, ReservationEntry entry, String model, Instant now) {
    return without(
        new UsageRecord.Key(item.tenant(), entry.admittedAt(), id),
        Kind.RELEASED,
        entry,
        model,
        UsageTotals.ZERO,
        Optional.empty(),
        now);
  }

  private static UsageRecord without(
      UsageRecord.Key key,
      Kind kind,
      ReservationEntry entry,
      String model,
      UsageTotals charged,
      Optional<EndUserShare> endUser,
      Instant now) {
    return new UsageRecord(
        key,
        kind,
        entry.nonce(),
        entry.day(),
        model,
        entry.isCorrection() ? 0 : entry.keyCode(),
        charged,
        entry.tokens(),
        entry.microUsd(),
        kind == Kind.ORPHANED ? entry.holdNanos() : 0,
        false,
        now,
        Optional.empty(),
        Optional.empty(),
        endUser);
  }

  /**
   * The record of a correction, once its entries are in the items.
   *
   * @param entry the entry in the tenant's item
   * @param endUserDay the day of the windows that the entry in the end user's item names, if there
   *     is one
   */
  public static UsageRecord correction(
      Correction correction, ReservationEntry entry, Optional<LocalDate> endUserDay, Instant now) {
    var corrected = correction.corrected();
    return new UsageRecord(
        correction.key(),
        Kind.CORRECTION,
        entry.nonce(),
        entry.day(),
        entry.modelCode() == ModelCodes.OTHER_CODE ? ModelCodes.OTHER : corrected.model(),
        corrected.keyCode(),
        correction.difference().withoutCalls(),
        0,
        0,
        correction.bucketNanos(),
        correction.difference().tokens() > 0,
        now,
        Optional.of(new Corrected(corrected.key(), corrected.day(), correction.reason())),
        correction.call(),
        endUserDay.flatMap(day -> share(correction, entry, day)));
  }

  private static Optional<EndUserShare> share(
      Correction correction, ReservationEntry entry, LocalDate day) {
    return entry
        .endUser()
        .flatMap(other ->
            correction
                .corrected()
                .endUser()
                .map(corrected ->
                    new EndUserShare(
                        other.hash(),
                        other.nonce(),
                        day,
                        corrected.about(),
                        correction.endUserBucketNanos())));
  }
}
