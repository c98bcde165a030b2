package dev.chatgate.quota.settle;

import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;

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
   */
  static Charge of(UsageRecord record, ReservationEntry entry) {
    if (!record.counts() || record.attempt() != entry.nonce()) {
      return NOTHING;
    }
    var used = record.charged();
    boolean sameDay = day(record) == entry.epochDay();
    boolean sameMonth = Windows.monthOf(day(record)) == Windows.monthOf(entry.epochDay());
    return new Charge(
        sameDay ? used.tokens() : 0,
        sameMonth ? used.tokens() : 0,
        sameMonth ? used.microUsd() : 0,
        record.bucketNanos(),
        record.model().equals(ModelCodes.OTHER),
        used);
  }

  /** The windows that a record is about: a correction's are the corrected call's. */
  private static int day(UsageRecord record) {
    var day = record.corrected().map(UsageRecord.Corrected::day).orElse(record.day());
    return (int) day.toEpochDay();
  }
}
