package dev.chatgate.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class CachedPriceBookTest {
  private final TestClock clock = new TestClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final List<ModelPrice> prices = new ArrayList<>();
  private final Queue<Runnable> beside = new ArrayDeque<>();
  private final CachedPriceBook book =
      new CachedPriceBook(this::read, Duration.ofSeconds(30), clock, beside::add);

  private boolean isAway;
  private int reads;

  private List<ModelPrice> read() {
    reads++;
    if (isAway) {
      throw new StoreUnavailableException("prices", new IllegalStateException());
    }
    return List.copyOf(prices);
  }

  private Optional<ModelPrice> priceOf(String model, String day) {
    return book.priceOf(List.of(model), LocalDate.parse(day));
  }

  private static ModelPrice price(String model, String from, long microUsd) {
    var tier = new ModelPrice.Tier(0, microUsd, OptionalLong.empty(), microUsd);
    return new ModelPrice(model, LocalDate.parse(from), List.of(tier));
  }

  @Test
  void theLatestPriceNotAfterTheDayIsInForce() {
    var old = price("a", "2026-01-01", 1);
    var current = price("a", "2026-11-23", 2);
    prices.addAll(List.of(price("a", "2026-12-01", 3), old, current));
    assertEquals(Optional.empty(), priceOf("a", "2025-12-31"));
    assertEquals(Optional.of(old), priceOf("a", "2026-11-22"));
    assertEquals(Optional.of(current), priceOf("a", "2026-11-30"));
    assertEquals(Optional.empty(), priceOf("b", "2026-11-30"));
    assertEquals(Map.of("a", current), book.pricesOn(LocalDate.parse("2026-11-30")));
    assertEquals(Map.of("a", old), book.pricesOn(LocalDate.parse("2026-11-22")));
    assertEquals(Map.of(), book.pricesOn(LocalDate.parse("2025-11-30")));
  }

  @Test
  void theFirstNameWithAPriceIsUsed() {
    var price = price("provider/a", "2026-01-01", 1);
    var day = LocalDate.parse("2026-11-23");
    prices.add(price);
    assertEquals(Optional.of(price), book.priceOf(List.of("a", "provider/a"), day));
    assertEquals(1, reads);
    var own = price("a", "2026-01-01", 2);
    prices.add(own);
    clock.advance(Duration.ofSeconds(30));
    assertEquals(Optional.of(own), book.priceOf(List.of("a", "provider/a"), day));
    assertEquals(2, reads);
  }

  @Test
  void aChangedPriceIsKnownAfterTheSetTime() {
    prices.add(price("a", "2026-01-01", 1));
    assertEquals(Optional.of(prices.getFirst()), priceOf("a", "2026-11-23"));
    var changed = price("a", "2026-01-01", 2);
    prices.set(0, changed);
    clock.advance(Duration.ofSeconds(29));
    assertNotEquals(Optional.of(changed), priceOf("a", "2026-11-23"));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(Optional.of(changed), priceOf("a", "2026-11-23"));
    assertEquals(2, reads);
  }

  @Test
  void aFirstPriceIsKnownAfterASecond() {
    assertEquals(Optional.empty(), priceOf("a", "2026-11-23"));
    prices.add(price("a", "2026-01-01", 1));
    clock.advance(Duration.ofMillis(999));
    assertEquals(Optional.empty(), priceOf("a", "2026-11-23"));
    clock.advance(Duration.ofMillis(1));
    assertEquals(Optional.of(prices.getFirst()), priceOf("a", "2026-11-23"));
    assertEquals(2, reads);
  }

  @Test
  void callsWithoutAPriceReadTheTableOnceASecond() {
    for (int tenths = 0; tenths < 50; tenths++) {
      priceOf("a", "2026-11-23");
      priceOf("b", "2026-11-23");
      clock.advance(Duration.ofMillis(100));
    }
    assertEquals(5, reads);
    assertEquals(0, beside.size());
  }

  @Test
  void concurrentCallsWithoutAPriceShareOneRead() throws Exception {
    priceOf("a", "2026-11-23");
    clock.advance(Duration.ofSeconds(1));
    prices.add(price("a", "2026-01-01", 1));
    Callable<Optional<ModelPrice>> call = () -> priceOf("a", "2026-11-23");
    try (var calls = Executors.newFixedThreadPool(8)) {
      for (var price : calls.invokeAll(Collections.nCopies(8, call))) {
        assertEquals(Optional.of(prices.getFirst()), price.get());
      }
    }
    assertEquals(2, reads);
  }

  @Test
  void aSearchThatFailsLeavesTheCallWithoutAPrice() {
    assertEquals(Optional.empty(), priceOf("a", "2026-11-23"));
    isAway = true;
    for (int second = 1; second <= 3; second++) {
      clock.advance(Duration.ofSeconds(1));
      assertEquals(Optional.empty(), priceOf("a", "2026-11-23"));
      assertEquals(Optional.empty(), priceOf("a", "2026-11-23"));
      assertEquals(1 + second, reads);
    }
    isAway = false;
    prices.add(price("a", "2026-01-01", 1));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(Optional.of(prices.getFirst()), priceOf("a", "2026-11-23"));
  }

  @Test
  void inTheSecondHalfOfItsTimeTheTableIsReadBesideTheCallOnce() {
    prices.add(price("a", "2026-01-01", 1));
    priceOf("a", "2026-11-23");
    clock.advance(Duration.ofSeconds(14));
    priceOf("a", "2026-11-23");
    assertEquals(0, beside.size());
    clock.advance(Duration.ofSeconds(1));
    priceOf("a", "2026-11-23");
    priceOf("a", "2026-11-23");
    assertEquals(1, beside.size());
    var changed = price("a", "2026-01-01", 2);
    prices.set(0, changed);
    beside.remove().run();
    assertEquals(Optional.of(changed), priceOf("a", "2026-11-23"));
    assertEquals(2, reads);
  }

  @Test
  void aReadBesideACallThatFailsChangesNothing() {
    var price = price("a", "2026-01-01", 1);
    prices.add(price);
    priceOf("a", "2026-11-23");
    isAway = true;
    clock.advance(Duration.ofSeconds(15));
    priceOf("a", "2026-11-23");
    beside.remove().run();
    clock.advance(Duration.ofSeconds(14));
    assertEquals(Optional.of(price), priceOf("a", "2026-11-23"));
    clock.advance(Duration.ofSeconds(1));
    assertThrows(StoreUnavailableException.class, () -> priceOf("a", "2026-11-23"));
  }

  @Test
  void withTheStoreAwayNoOldPriceIsUsed() {
    isAway = true;
    assertThrows(StoreUnavailableException.class, () -> priceOf("a", "2026-11-23"));
  }
}
