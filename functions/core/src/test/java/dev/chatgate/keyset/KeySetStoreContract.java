package dev.chatgate.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every store of key sets must do. */
public abstract class KeySetStoreContract {
  private static final AtomicInteger SOURCES = new AtomicInteger();
  private static final Instant NOW = Instant.parse("2026-11-30T08:00:00.123Z");
  private static final Instant UNTIL = NOW.plusSeconds(3);
  private static final Instant LATER = NOW.plusSeconds(30);
  private static final String KEYS = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"é\\u0000\"}]}";

  private final String source = "https://issuer.example/" + SOURCES.incrementAndGet();
  private final KeySetStore store;

  /**
   * @param store several tests may share it
   */
  protected KeySetStoreContract(KeySetStore store) {
    this.store = store;
  }

  /** Reserves a fetch at its begin and stores what it brought. */
  private void fetch(String of, String keys, Instant at, Instant noFetchBefore) {
    var until = at.plusSeconds(3);
    assertTrue(store.reserveFetch(of, at, until, until));
    store.put(of, until, keys, at, noFetchBefore);
  }

  private static StoredKeySet fetched(String keys, Instant at, Instant noFetchBefore) {
    return new StoredKeySet(Optional.of(keys), Optional.of(at), Optional.empty(), noFetchBefore);
  }

  @Test
  void aSourceThatWasNeverFetchedHasNoSet() {
    assertEquals(StoredKeySet.NONE, store.read(source));
  }

  @Test
  void aStoredSetIsReadAsItWasPut() {
    fetch(source, KEYS, NOW, LATER);
    assertEquals(fetched(KEYS, NOW, LATER), store.read(source));
  }

  @Test
  void aSourceHasItsOwnSet() {
    fetch(source, KEYS, NOW, LATER);
    assertEquals(StoredKeySet.NONE, store.read(source + "/"));
  }

  @Test
  void aReservationHoldsUntilItsTimeHasCome() {
    assertTrue(store.reserveFetch(source, NOW, UNTIL, LATER));
    assertEquals(
        new StoredKeySet(Optional.empty(), Optional.empty(), Optional.of(UNTIL), LATER),
        store.read(source));
    var before = LATER.minusMillis(1);
    assertFalse(store.reserveFetch(source, before, UNTIL.plusSeconds(30), LATER.plusSeconds(30)));
    assertEquals(LATER, store.read(source).noFetchBefore());
    assertTrue(store.reserveFetch(source, LATER, UNTIL.plusSeconds(30), LATER.plusSeconds(30)));
  }

  @Test
  void aReservationKeepsTheStoredKeys() {
    fetch(source, KEYS, NOW, LATER);
    assertTrue(store.reserveFetch(source, LATER, LATER.plusSeconds(3), LATER.plusSeconds(30)));
    assertEquals(Optional.of(KEYS), store.read(source).keys());
    assertEquals(Optional.of(NOW), store.read(source).fetchedAt());
  }

  @Test
  void exactlyOneOfManyConcurrentInstancesGetsTheFetch() throws Exception {
    for (int round = 0; round < 20; round++) {
      assertEquals(1, winners(source + "/" + round));
    }
  }

  private long winners(String raced) throws Exception {
    var start = new CountDownLatch(1);
    var tries = new ArrayList<Future<Boolean>>();
    try (var instances = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        tries.add(
            instances.submit(() -> {
              start.await();
              return store.reserveFetch(raced, NOW, UNTIL, LATER);
            }));
      }
      start.countDown();
    }
    var won = new ArrayList<Boolean>();
    for (var attempt : tries) {
      won.add(attempt.get());
    }
    return won.stream().filter(List.of(true)::contains).count();
  }

  @Test
  void aStoredSetEndsTheReservation() {
    assertTrue(store.reserveFetch(source, NOW, UNTIL, UNTIL));
    store.put(source, UNTIL, KEYS, NOW, LATER);
    assertEquals(fetched(KEYS, NOW, LATER), store.read(source));
    assertFalse(store.reserveFetch(source, UNTIL, UNTIL.plusSeconds(3), LATER));
  }

  @Test
  void aFailureEndsTheReservationAndKeepsTheKeys() {
    fetch(source, KEYS, NOW, NOW);
    assertTrue(store.reserveFetch(source, NOW, UNTIL, LATER));
    store.failed(source, UNTIL, NOW.plusSeconds(1));
    assertEquals(fetched(KEYS, NOW, NOW.plusSeconds(1)), store.read(source));
  }

  @Test
  void aFailureWithoutKeysLeavesTheTimeAlone() {
    assertTrue(store.reserveFetch(source, NOW, UNTIL, UNTIL));
    store.failed(source, UNTIL, NOW.plusSeconds(1));
    assertEquals(
        new StoredKeySet(Optional.empty(), Optional.empty(), Optional.empty(), NOW.plusSeconds(1)),
        store.read(source));
  }

  @Test
  void aFailureOfALapsedReservationChangesNothing() {
    assertTrue(store.reserveFetch(source, NOW, UNTIL, UNTIL));
    assertTrue(store.reserveFetch(source, UNTIL, UNTIL.plusSeconds(3), LATER));
    store.failed(source, UNTIL, NOW);
    assertEquals(LATER, store.read(source).noFetchBefore());
    assertEquals(Optional.of(UNTIL.plusSeconds(3)), store.read(source).fetchingUntil());
    store.put(source, UNTIL.plusSeconds(3), KEYS, UNTIL, LATER);
    store.failed(source, UNTIL.plusSeconds(3), NOW);
    assertEquals(fetched(KEYS, UNTIL, LATER), store.read(source));
  }

  @Test
  void aFailureWithoutAReservationChangesNothing() {
    store.failed(source, UNTIL, LATER);
    assertEquals(StoredKeySet.NONE, store.read(source));
  }

  @Test
  void aSetOfALapsedReservationIsNotStored() {
    assertTrue(store.reserveFetch(source, NOW, UNTIL, UNTIL));
    assertTrue(store.reserveFetch(source, UNTIL, UNTIL.plusSeconds(3), LATER));
    store.put(source, UNTIL, "{}", NOW, NOW);
    assertEquals(
        new StoredKeySet(
            Optional.empty(), Optional.empty(), Optional.of(UNTIL.plusSeconds(3)), LATER),
        store.read(source));
    store.put(source, UNTIL.plusSeconds(3), KEYS, UNTIL, LATER);
    store.put(source, UNTIL, "{}", NOW, NOW);
    assertEquals(fetched(KEYS, UNTIL, LATER), store.read(source));
  }

  @Test
  void aSetWithoutAReservationIsNotStored() {
    store.put(source, UNTIL, KEYS, NOW, LATER);
    assertEquals(StoredKeySet.NONE, store.read(source));
  }

  @Test
  void theLargestSetThatIsFetchedCanBeStored() {
    var large = "{\"keys\":[\"" + "é".repeat(128 * 1024 - 20) + "\"]}";
    fetch(source, large, NOW, LATER);
    assertEquals(Optional.of(large), store.read(source).keys());
  }
}
