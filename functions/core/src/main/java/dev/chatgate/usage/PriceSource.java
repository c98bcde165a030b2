package dev.chatgate.usage;

import java.util.List;

/** Where prices are kept: of each model every one that ever was in force, or will be. */
@FunctionalInterface
public interface PriceSource {

  /**
   * All prices, in any order.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  List<ModelPrice> prices();
}
