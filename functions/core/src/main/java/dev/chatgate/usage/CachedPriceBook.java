package dev.chatgate.usage;

import dev.chatgate.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The whole price table in memory, read anew after a set time. With the store away it fails rather
 * than use an old price: the admission that follows would fail too.
 */
public final class CachedPriceBook implements PriceBook {
  private final PriceSource source;
  private final Duration lifetime;
  private final InstantSource clock;
  private @Nullable Cached cached;

  private record Cached(Map<String, NavigableMap<LocalDate, ModelPrice>> byModel, Instant until) {}

  /**
   * @param source where to read
   * @param lifetime how long a new price may go unnoticed
   * @param clock the present
   */
  public CachedPriceBook(PriceSource source, Duration lifetime, InstantSource clock) {
    this.source = source;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  @Override
  public Optional<ModelPrice> priceOf(String model, LocalDate day) {
    return Optional.ofNullable(current().get(model))
        .flatMap(versions -> Optional.ofNullable(versions.floorEntry(day)))
        .map(Map.Entry::getValue);
  }

  /**
   * The names of the models that have a price on a day.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  public SortedSet<String> modelsOn(LocalDate day) {
    var models = new TreeSet<String>();
    current()
        .forEach((model, versions) -> {
          if (versions.floorKey(day) != null) {
            models.add(model);
          }
        });
    return models;
  }

  private synchronized Map<String, NavigableMap<LocalDate, ModelPrice>> current() {
    var now = clock.instant();
    var known = cached;
    if (known == null || !now.isBefore(known.until())) {
      known = new Cached(byModel(source.prices()), now.plus(lifetime));
      cached = known;
    }
    return known.byModel();
  }

  private static Map<String, NavigableMap<LocalDate, ModelPrice>> byModel(List<ModelPrice> prices) {
    var byModel = new HashMap<String, NavigableMap<LocalDate, ModelPrice>>();
    for (var price : prices) {
      byModel.computeIfAbsent(price.model(), _ -> new TreeMap<>()).put(price.from(), price);
    }
    return byModel;
  }
}
