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

/** Prices as they are printed. */
final class PriceText {
  private PriceText() {}

  /** By model and date. */
  static List<ModelPrice> sorted(List<ModelPrice> prices) {
    return prices.stream()
        .sorted(Comparator.comparing(ModelPrice::model).thenComparing(ModelPrice::from))
        .toList();
  }

  /** A line for each tier. */
  static String table(List<ModelPrice> prices, LocalDate today) {
    var table =
        new TextTable(
            List.of(
                Column.text("MODEL"),
                Column.text("FROM"),
                Column.text("IN FORCE"),
                Column.number("ABOVE"),
                Column.number("PROMPT"),
                Column.number("CACHED"),
                Column.number("COMPLETION")));
    var inForce = inForce(prices, today);
    for (var price : sorted(prices)) {
      for (var tier : price.tiers()) {
        table.row(
            price.model(),
            price.from().toString(),
            status(price, today, inForce),
            Amounts.whole(tier.abovePromptTokens()),
            Amounts.dollars(tier.promptMicroUsd()),
            Amounts.dollars(tier.cachedMicroUsd().orElse(tier.promptMicroUsd())),
            Amounts.dollars(tier.completionMicroUsd()));
      }
    }
    return table + "Dollars per million tokens.\n";
  }

  private static Map<String, LocalDate> inForce(List<ModelPrice> prices, LocalDate today) {
    Map<String, LocalDate> latest = new HashMap<>();
    prices.stream()
        .filter(price -> !price.from().isAfter(today))
        .forEach(
            price -> latest.merge(price.model(), price.from(), (a, b) -> a.isAfter(b) ? a : b));
    return latest;
  }

  private static String status(ModelPrice price, LocalDate today, Map<String, LocalDate> inForce) {
    if (price.from().isAfter(today)) {
      return "later";
    }
    return price.from().equals(inForce.get(price.model())) ? "now" : "past";
  }
}
