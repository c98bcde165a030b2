package dev.chatgate.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CachedPriceBookTest {
  private final TestClock clock = new TestClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final List<ModelPrice> prices = new ArrayList<>();
  private final Queue<Runnable> beside = new ArrayDeque<>();
  private final CachedPriceBook book =
      new CachedPriceBook(() -> List.copyOf(prices), Duration.ofSeconds(30), clock, beside::add);

  private static ModelPrice price(String model, String from, long microUsd) {
    var tier = new ModelPrice.Tier(0, microUsd, OptionalLong.empty(), microUsd);
    return new ModelPrice(model, LocalDate.parse(from), List.of(tier));
  }

  @Test
  void theLatestPriceNotAfterTheDayIsInForce() {
    var old = price("a", "2026-01-01", 1);
    var current = price("a", "2026-11-23", 2);
    prices.addAll(List.of(price("a", "2026-12-01", 3), old, current));
    assertEquals(Optional.empty(), book.priceOf("a", LocalDate.parse("2025-12-31")));
    assertEquals(Optional.of(old), book.priceOf("a", LocalDate.parse("2026-11-22")));
    assertEquals(Optional.of(current), book.priceOf("a", LocalDate.parse("2026-11-30")));
    assertEquals(Optional.empty(), book.priceOf("b", LocalDate.parse("2026-11-30")));
    assertEquals(Map.of("a", current), book.pricesOn(LocalDate.parse("2026-11-30")));
    assertEquals(Map.of("a", old), book.pricesOn(LocalDate.parse("2026-11-22")));
    assertEquals(Map.of(), book.pricesOn(LocalDate.parse("2025-11-30")));
  }

  @Test
  void aNewPriceIsKnownAfterTheSetTime() {
    var day = LocalDate.parse("2026-11-23");
    assertEquals(Optional.empty(), book.priceOf("a", day));
    prices.add(price("a", "2026-01-01", 1));
    clock.advance(Duration.ofSeconds(29));
    assertEquals(Optional.empty(), book.priceOf("a", day));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(prices.getFirst(), book.priceOf("a", day).orElseThrow());
  }

  @Test
  void inTheSecondHalfOfItsTimeTheTableIsReadBesideTheCallOnce() {
    var day = LocalDate.parse("2026-11-23");
    book.priceOf("a", day);
    clock.advance(Duration.ofSeconds(14));
    book.priceOf("a", day);
    assertEquals(0, beside.size());
    clock.advance(Duration.ofSeconds(1));
    book.priceOf("a", day);
    book.priceOf("a", day);
    assertEquals(1, beside.size());
    prices.add(price("a", "2026-01-01", 1));
    beside.remove().run();
    assertEquals(prices.getFirst(), book.priceOf("a", day).orElseThrow());
  }

  @Test
  void aReadBesideACallThatFailsChangesNothing() {
    var day = LocalDate.parse("2026-11-23");
    var price = price("a", "2026-01-01", 1);
    var away = new AtomicBoolean();
    PriceSource source =
        () -> {
          if (away.get()) {
            throw new StoreUnavailableException("prices", new IllegalStateException());
          }
          return List.of(price);
        };
    var cached = new CachedPriceBook(source, Duration.ofSeconds(30), clock, beside::add);
    cached.priceOf("a", day);
    away.set(true);
    clock.advance(Duration.ofSeconds(15));
    cached.priceOf("a", day);
    beside.remove().run();
    clock.advance(Duration.ofSeconds(14));
    assertEquals(Optional.of(price), cached.priceOf("a", day));
    clock.advance(Duration.ofSeconds(1));
    assertThrows(StoreUnavailableException.class, () -> cached.priceOf("a", day));
  }

  @Test
  void withTheStoreAwayNoOldPriceIsUsed() {
    PriceSource away =
        () -> {
          throw new StoreUnavailableException("prices", new IllegalStateException());
        };
    var unknown = new CachedPriceBook(away, Duration.ofSeconds(30), clock, beside::add);
    assertThrows(
        StoreUnavailableException.class, () -> unknown.priceOf("a", LocalDate.parse("2026-11-23")));
  }
}
