package dev.chatgate.quota.settle;

import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.usage.EndUserShare;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;

/**
 * What applying a record to an entry puts in the place of the reserve.
 *
 * @param dayTokens tokens of the entry's day
 * @param monthTokens tokens of the entry's month
 * @param monthMicroUsd micro-dollars of the entry's month
 * @param bucketNanos bucket time of what was used
 * @param underOther whether it is counted under {@link ModelCodes#OTHER}, whatever the entry's
 *     model
 * @param rollUp what the roll-up of the entry's day grows by
 */
public record Charge(
    long dayTokens,
    long monthTokens,
    long monthMicroUsd,
    long bucketNanos,
    boolean underOther,
    UsageTotals rollUp) {
  public static final Charge NOTHING = new Charge(0, 0, 0, 0, false, UsageTotals.ZERO);

  /**
   * What a record means for an entry that is found under its id: nothing if it is a tombstone
   * record, or if the entry is a late duplicate of the one that the record is about.
   *
   * @param key the item that holds the entry
   */
  static Charge of(QuotaKey key, UsageRecord record, ReservationEntry entry) {
    if (!record.counts()) {
      return NOTHING;
    }
    if (key.isOfEndUser()) {
      return record
          .endUser()
          .filter(share -> share.attempt() == entry.nonce())
          .map(share -> ofEndUser(share, record.charged(), entry))
          .orElse(NOTHING);
    }
    boolean other = record.model().equals(ModelCodes.OTHER);
    return record.attempt() == entry.nonce()
        ? of(record.charged(), day(record), entry, record.bucketNanos(), other, record.charged())
        : NOTHING;
  }

  /** An end user's item has no roll-up. */
  private static Charge ofEndUser(EndUserShare share, UsageTotals used, ReservationEntry entry) {
    return of(used, share.about(), entry, share.bucketNanos(), false, UsageTotals.ZERO);
  }

  private static Charge of(
      UsageTotals used,
      LocalDate about,
      ReservationEntry entry,
      long bucketNanos,
      boolean underOther,
      UsageTotals rollUp) {
    int day = (int) about.toEpochDay();
    boolean sameDay = day == entry.epochDay();
    boolean sameMonth = Windows.monthOf(day) == Windows.monthOf(entry.epochDay());
    return new Charge(
        sameDay ? used.tokens() : 0,
        sameMonth ? used.tokens() : 0,
        sameMonth ? used.microUsd() : 0,
        bucketNanos,
        underOther,
        rollUp);
  }

  /** The windows that a record is about: a correction's are the corrected call's. */
  private static LocalDate day(UsageRecord record) {
    return record.corrected().map(UsageRecord.Corrected::day).orElse(record.day());
  }
}
