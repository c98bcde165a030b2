package dev.chatgate.cli.price;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.usage.ModelPrice;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Formats prices as a table. */
final class PriceFormatter {
  private PriceFormatter() {}

  /** Sorts by model, then date. */
  static List<ModelPrice> sorted(List<ModelPrice> prices) {
    return prices.stream()
        .sorted(Comparator.comparing(ModelPrice::model).thenComparing(ModelPrice::from))
        .toList();
  }

  /** A table with one line per price tier. */
  static String table(List<ModelPrice> prices, LocalDate today) {
    var table =
        new TextTable(
            List.of(
                Column.text("MODEL"),
                Column.text("FROM"),
                Column.text("STATUS"),
                Column.number("ABOVE"),
                Column.number("PROMPT"),
                Column.number("CACHED"),
                Column.number("COMPLETION")));
    var currentDates = currentDates(prices, today);
    for (var price : sorted(prices)) {
      for (var tier : price.tiers()) {
        table.row(
            price.model(),
            price.from().toString(),
            status(price, today, currentDates),
            Amounts.whole(tier.abovePromptTokens()),
            Amounts.exactDollars(tier.promptMicroUsd()),
            Amounts.exactDollars(tier.cachedMicroUsd().orElse(tier.promptMicroUsd())),
            Amounts.exactDollars(tier.completionMicroUsd()));
      }
    }
    return table + "US dollars per million tokens.\n";
  }

  private static Map<String, LocalDate> currentDates(List<ModelPrice> prices, LocalDate today) {
    Map<String, LocalDate> latest = new HashMap<>();
    prices.stream()
        .filter(price -> !price.from().isAfter(today))
        .forEach(
            price -> latest.merge(price.model(), price.from(), (a, b) -> a.isAfter(b) ? a : b));
    return latest;
  }

  private static String status(
      ModelPrice price, LocalDate today, Map<String, LocalDate> currentDates) {
    if (price.from().isAfter(today)) {
      return "future";
    }
    return price.from().equals(currentDates.get(price.model())) ? "current" : "past";
  }
}
