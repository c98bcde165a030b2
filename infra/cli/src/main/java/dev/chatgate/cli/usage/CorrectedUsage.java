package dev.chatgate.cli.usage;

import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.PriceUsed;
import dev.chatgate.usage.UsageTotals;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Calculates what a call should have been charged. */
final class CorrectedUsage {
  private CorrectedUsage() {}

  /**
   * Returns the charge for the given tokens at the price of the call's admission.
   *
   * @param record the call's record
   * @param counts the correct token counts
   * @param prices all stored prices
   * @throws ArithmeticException if the cost in micro-dollars does not fit in 63 bits
   */
  static UsageTotals of(UsageRecord record, TokenCounts counts, List<ModelPrice> prices) {
    long microUsd = priceOf(record, prices).map(price -> price.microUsd(counts)).orElse(0L);
    var charged = record.charged();
    return new UsageTotals(
        charged.calls(),
        counts.prompt(),
        counts.cached(),
        counts.completion(),
        microUsd,
        charged.estimated());
  }

  private static Optional<ModelPrice> priceOf(UsageRecord record, List<ModelPrice> prices) {
    if (record.call().isPresent()) {
      return record.call().get().price().map(used -> fullPrice(used, record, prices));
    }
    // The record of an orphaned call has no price, only the reserved cost.
    return record.reservedMicroUsd() == 0
        ? Optional.empty()
        : prices.stream()
            .filter(price -> price.model().equals(record.model()))
            .filter(price -> !price.from().isAfter(record.day()))
            .max(Comparator.comparing(ModelPrice::from));
  }

  /**
   * The price with the tier that the record contains. If that price was deleted or replaced, a
   * price with this tier alone.
   */
  private static ModelPrice fullPrice(PriceUsed used, UsageRecord record, List<ModelPrice> prices) {
    var upstreamModel = record.call().orElseThrow().facts().upstreamModel();
    return prices.stream()
        .filter(price -> price.from().equals(used.from()) && price.tiers().contains(used.tier()))
        .filter(
            price -> price.model().equals(record.model()) || price.model().equals(upstreamModel))
        .min(
            Comparator.comparingInt(
                (ModelPrice price) -> price.model().equals(record.model()) ? 0 : 1))
        .orElseGet(
            () -> new ModelPrice(record.model(), used.from(), List.of(asOnlyTier(used.tier()))));
  }

  private static ModelPrice.Tier asOnlyTier(ModelPrice.Tier tier) {
    return new ModelPrice.Tier(
        0, tier.promptMicroUsd(), tier.cachedMicroUsd(), tier.completionMicroUsd());
  }
}
