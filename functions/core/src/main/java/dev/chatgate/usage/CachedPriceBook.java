package dev.chatgate.usage;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.cache.Lifetime;
import dev.chatgate.cache.RefreshingValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
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
import java.util.concurrent.locks.ReentrantLock;

/**
 * The whole price table in memory, read anew after a set time: in the background in the second half
 * of that time, by a call that waits for it after that. With the store away it fails rather than
 * use an old price: the admission that follows would fail too.
 *
 * <p>A call of a model without a price reads the table anew unless it was read in the last second:
 * what a call is charged is never corrected by a price that is set later.
 */
public final class CachedPriceBook implements PriceBook {
  /** How old the table may be for a call that would be charged nothing. */
  private static final Duration NO_PRICE_FOR = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger(CachedPriceBook.class.getName());

  private final RefreshingValue<Map<String, NavigableMap<LocalDate, ModelPrice>>> prices;
  private final PriceSource source;
  private final InstantSource clock;
  private final ReentrantLock searching = new ReentrantLock();
  private volatile Instant lastReadEnded = Instant.EPOCH;

  /**
   * @param source where to read
   * @param lifetime how long the change of a price may go unnoticed
   * @param clock the present
   * @param background runs a read that no call waits for
   */
  public CachedPriceBook(
      PriceSource source, Duration lifetime, InstantSource clock, Executor background) {
    this.source = source;
    this.clock = clock;
    this.prices =
        new RefreshingValue<>(
            "the prices", this::read, _ -> Lifetime.strict(lifetime), clock, background);
  }

  private Map<String, NavigableMap<LocalDate, ModelPrice>> read() {
    try {
      return byModel(source.prices());
    } finally {
      lastReadEnded = clock.instant();
    }
  }

  @Override
  public Optional<ModelPrice> priceOf(List<String> names, LocalDate day) {
    boolean isNew = wasReadInTheLastSecond();
    var known = find(prices.get(), names, day);
    return known.isPresent() || isNew ? known : searched(names, day);
  }

  /** Concurrent calls share one read. */
  private Optional<ModelPrice> searched(List<String> names, LocalDate day) {
    searching.lock();
    try {
      var table = prices.get();
      var known = find(table, names, day);
      return known.isPresent() || wasReadInTheLastSecond()
          ? known
          : find(prices.replacing(table), names, day);
    } catch (StoreUnavailableException e) {
      // The table in memory may still be used, and has no price.
      LOG.log(Level.WARNING, "searching a price failed: {0}", e.getClass().getName());
      return Optional.empty();
    } finally {
      searching.unlock();
    }
  }

  private boolean wasReadInTheLastSecond() {
    return clock.instant().isBefore(lastReadEnded.plus(NO_PRICE_FOR));
  }

  private static Optional<ModelPrice> find(
      Map<String, NavigableMap<LocalDate, ModelPrice>> table, List<String> names, LocalDate day) {
    return names.stream()
        .flatMap(name -> Optional.ofNullable(table.get(name)).stream())
        .flatMap(versions -> Optional.ofNullable(versions.floorEntry(day)).stream())
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * The prices in force on a day, by the model's name.
   *
   * @throws StoreUnavailableException if the store does not answer
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
