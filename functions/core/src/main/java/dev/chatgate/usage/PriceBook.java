package dev.chatgate.usage;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** The price table. */
@FunctionalInterface
public interface PriceBook {

  /**
   * The price of a call on a day: of the first of the model's names that has one, the price with
   * the latest {@code from} not after the day.
   *
   * @param names the names of the model, as the table may spell it
   * @param day a UTC day
   * @return empty if no name has a price on that day
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Optional<ModelPrice> priceOf(List<String> names, LocalDate day);
}
