package dev.chatgate.usage;

import dev.chatgate.cache.Lifetime;
import dev.chatgate.cache.RefreshingValue;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * The whole price table in memory, read anew after a set time: in the background in the second half
 * of that time, by a call that waits for it after that. With the store away it fails rather than
 * use an old price: the admission that follows would fail too.
 */
public final class CachedPriceBook implements PriceBook {
  private final RefreshingValue<Map<String, NavigableMap<LocalDate, ModelPrice>>> prices;

  /**
   * @param source where to read
   * @param lifetime how long a new price may go unnoticed
   * @param clock the present
   * @param background runs a read that no call waits for
   */
  public CachedPriceBook(
      PriceSource source, Duration lifetime, InstantSource clock, Executor background) {
    this.prices =
        new RefreshingValue<>(
            "the prices",
            () -> byModel(source.prices()),
            _ -> Lifetime.strict(lifetime),
            clock,
            background);
  }

  @Override
  public Optional<ModelPrice> priceOf(String model, LocalDate day) {
    return Optional.ofNullable(prices.get().get(model))
        .flatMap(versions -> Optional.ofNullable(versions.floorEntry(day)))
        .map(Map.Entry::getValue);
  }

  /**
   * The prices in force on a day, by the model's name.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public SortedMap<String, ModelPrice> pricesOn(LocalDate day) {
    var inForce = new TreeMap<String, ModelPrice>();
    prices
        .get()
        .forEach((model, versions) -> {
          var version = versions.floorEntry(day);
          if (version != null) {
            inForce.put(model, version.getValue());
          }
        });
    return inForce;
  }

  private static Map<String, NavigableMap<LocalDate, ModelPrice>> byModel(List<ModelPrice> prices) {
    var byModel = new HashMap<String, NavigableMap<LocalDate, ModelPrice>>();
    for (var price : prices) {
      byModel.computeIfAbsent(price.model(), _ -> new TreeMap<>()).put(price.from(), price);
    }
    return byModel;
  }
}
