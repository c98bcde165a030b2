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
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The whole price table in memory, read anew after a set time: beside a call in the second half of
 * that time, by a call that waits for it after that. With the store away it fails rather than use
 * an old price: the admission that follows would fail too.
 */
public final class CachedPriceBook implements PriceBook {
  private final PriceSource source;
  private final Duration lifetime;
  private final InstantSource clock;
  private final Executor beside;
  private volatile @Nullable Cached cached;

  private record Cached(
      Map<String, NavigableMap<LocalDate, ModelPrice>> byModel,
      Instant again,
      Instant until,
      AtomicBoolean begun) {

    /** Whether it is time to read again, and nobody does: true once. */
    boolean startsAnotherRead(Instant now) {
      return !now.isBefore(again) && begun.compareAndSet(false, true);
    }
  }

  /**
   * @param source where to read
   * @param lifetime how long a new price may go unnoticed
   * @param clock the present
   * @param beside runs a read that nobody waits for
   */
  public CachedPriceBook(
      PriceSource source, Duration lifetime, InstantSource clock, Executor beside) {
    this.source = source;
    this.lifetime = lifetime;
    this.clock = clock;
    this.beside = beside;
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

  private Map<String, NavigableMap<LocalDate, ModelPrice>> current() {
    var now = clock.instant();
    var known = cached;
    if (known == null || !now.isBefore(known.until())) {
      return readIfStill(known).byModel();
    }
    if (known.startsAnotherRead(now)) {
      beside.execute(() -> readAgain(known));
    }
    return known.byModel();
  }

  /** Many callers may find the same table old: one reads, the others take what it read. */
  private synchronized Cached readIfStill(@Nullable Cached seen) {
    var standing = cached;
    if (standing != null && !standing.equals(seen)) {
      return standing;
    }
    var now = clock.instant();
    var half = now.plus(lifetime.dividedBy(2));
    var fresh = new Cached(byModel(source.prices()), half, now.plus(lifetime), new AtomicBoolean());
    cached = fresh;
    return fresh;
  }

  private void readAgain(Cached seen) {
    try {
      readIfStill(seen);
    } catch (StoreUnavailableException e) {
      // What is in memory holds until its time is over; then a call finds out by itself.
    }
  }

  private static Map<String, NavigableMap<LocalDate, ModelPrice>> byModel(List<ModelPrice> prices) {
    var byModel = new HashMap<String, NavigableMap<LocalDate, ModelPrice>>();
    for (var price : prices) {
      byModel.computeIfAbsent(price.model(), _ -> new TreeMap<>()).put(price.from(), price);
    }
    return byModel;
  }
}
