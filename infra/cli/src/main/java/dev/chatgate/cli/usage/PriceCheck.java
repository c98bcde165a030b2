package dev.chatgate.cli.usage;

import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tells calls that were free from calls that had no price. Call records say it. Daily totals do
 * not: there, a model without any charge on a day had no price, unless the price list makes it free
 * on that day.
 */
final class PriceCheck {
  private final Map<String, NavigableMap<LocalDate, ModelPrice>> prices = new HashMap<>();

  /**
   * @param prices all stored prices
   */
  PriceCheck(List<ModelPrice> prices) {
    prices.forEach(price ->
        this.prices.computeIfAbsent(price.model(), _ -> new TreeMap<>()).put(price.from(), price));
  }

  /** The usage of one tenant, day and model, with the number of calls that had no price. */
  UsageFigures figures(Tenant tenant, DayAndModel key, UsageTotals totals) {
    if (totals.microUsd() != 0 || totals.tokens() <= 0) {
      return UsageFigures.priced(totals);
    }
    var upstream = tenant.modelAliases().getOrDefault(key.model(), key.model());
    boolean free =
        priceOf(key.model(), key.day())
            .or(() -> priceOf(upstream, key.day()))
            .map(price -> isFree(price, totals))
            .orElse(false);
    return free ? UsageFigures.priced(totals) : UsageFigures.unpriced(totals);
  }

  private Optional<ModelPrice> priceOf(String model, LocalDate day) {
    return Optional.ofNullable(prices.get(model))
        .flatMap(versions -> Optional.ofNullable(versions.floorEntry(day)))
        .map(Map.Entry::getValue);
  }

  private static boolean isFree(ModelPrice price, UsageTotals totals) {
    long fresh = totals.prompt() - totals.cached();
    return price.tiers().stream()
        .anyMatch(tier ->
            (fresh == 0 || tier.promptMicroUsd() == 0)
                && (totals.cached() == 0
                    || tier.cachedMicroUsd().orElse(tier.promptMicroUsd()) == 0)
                && (totals.completion() == 0 || tier.completionMicroUsd() == 0));
  }

  /** What a call record charged, with the number of calls that had no price. */
  static UsageFigures figures(UsageRecord record) {
    var charged = record.charged();
    // The record of a call that died has no price, only the reserved cost.
    boolean priced =
        charged.microUsd() != 0
            || charged.tokens() <= 0
            || record.call().flatMap(UsageRecord.Call::price).isPresent()
            || record.reservedMicroUsd() > 0;
    return priced ? UsageFigures.priced(charged) : UsageFigures.unpriced(charged);
  }
}
