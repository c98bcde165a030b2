package dev.chatgate.cli.usage;

import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.PriceUsed;
import dev.chatgate.usage.UsageTotals;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a call should have been charged. Pure. */
final class CorrectedUsage {
  private CorrectedUsage() {}

  /**
   * What a call is charged for these tokens, at the price of its admission.
   *
   * @param record the call's record
   * @param counts what it really used
   * @param prices all that are known
   * @throws ArithmeticException if the bill does not fit in 63 bits
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
      return record.call().get().price().map(used -> sameAs(used, record, prices));
    }
    // A call that died: its record keeps no price, only that it had one.
    return record.reservedMicroUsd() == 0
        ? Optional.empty()
        : prices.stream()
            .filter(price -> price.model().equals(record.model()))
            .filter(price -> !price.from().isAfter(record.day()))
            .max(Comparator.comparing(ModelPrice::from));
  }

  /**
   * The whole price of which the record keeps the tier that it used; if that is not in the table
   * any more, or was replaced, the tier alone.
   */
  private static ModelPrice sameAs(PriceUsed used, UsageRecord record, List<ModelPrice> prices) {
    var upstreamModel = record.call().orElseThrow().facts().upstreamModel();
    return prices.stream()
        .filter(price -> price.from().equals(used.from()) && price.tiers().contains(used.tier()))
        .filter(
            price -> price.model().equals(record.model()) || price.model().equals(upstreamModel))
        .min(
            Comparator.comparingInt(
                (ModelPrice price) -> price.model().equals(record.model()) ? 0 : 1))
        .orElseGet(() -> new ModelPrice(record.model(), used.from(), List.of(alone(used.tier()))));
  }

  private static ModelPrice.Tier alone(ModelPrice.Tier tier) {
    return new ModelPrice.Tier(
        0, tier.promptMicroUsd(), tier.cachedMicroUsd(), tier.completionMicroUsd());
  }
}
