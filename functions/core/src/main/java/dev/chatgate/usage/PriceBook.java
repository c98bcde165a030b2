package dev.chatgate.usage;

import java.time.LocalDate;
import java.util.Optional;

/** The price table. */
@FunctionalInterface
public interface PriceBook {

  /**
   * The price of a model in force on a day: that of the latest {@code from} not after it.
   *
   * @param model the model's name as the table spells it
   * @param day a UTC day
   * @return empty if the model has no price yet on that day
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  Optional<ModelPrice> priceOf(String model, LocalDate day);
}
