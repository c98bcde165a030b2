package dev.chatgate.keyset;

import dev.chatgate.StoreUnavailableException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Key sets in memory, with counts of what was asked. */
public final class MemoryKeySetStore implements KeySetStore {
  private final Map<String, StoredKeySet> sets = new HashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private volatile boolean away;

  /** How often a set was read. */
  public int reads() {
    return reads.get();
  }

  /** How many writes were tried, those without effect among them. */
  public int writes() {
    return writes.get();
  }

  /** From now on every operation fails, or none does. */
  public void away(boolean isAway) {
    away = isAway;
  }

  @Override
  public synchronized StoredKeySet read(String source) {
    reads.incrementAndGet();
    requireThere();
    return current(source);
  }

  private StoredKeySet current(String source) {
    return sets.getOrDefault(source, StoredKeySet.NONE);
  }

  private void write() {
    writes.incrementAndGet();
    requireThere();
  }

  private void requireThere() {
    if (away) {
      throw new StoreUnavailableException("the test's store", new IllegalStateException("away"));
    }
  }

  @Override
  public synchronized boolean reserveFetch(
      String source, Instant now, Instant fetchingUntil, Instant noFetchBefore) {
    write();
    var old = current(source);
    if (now.isBefore(old.noFetchBefore())) {
      return false;
    }
    sets.put(
        source,
        new StoredKeySet(old.keys(), old.fetchedAt(), Optional.of(fetchingUntil), noFetchBefore));
    return true;
  }

  @Override
  public synchronized void put(
      String source, Instant fetchingUntil, String keys, Instant fetchedAt, Instant noFetchBefore) {
    write();
    if (current(source).fetchingUntil().equals(Optional.of(fetchingUntil))) {
      fill(source, keys, fetchedAt, noFetchBefore);
    }
  }

  /** Stores a set as if an instance had fetched it. */
  public synchronized void fill(
      String source, String keys, Instant fetchedAt, Instant noFetchBefore) {
    sets.put(
        source,
        new StoredKeySet(
            Optional.of(keys), Optional.of(fetchedAt), Optional.empty(), noFetchBefore));
  }

  @Override
  public synchronized void failed(String source, Instant fetchingUntil, Instant noFetchBefore) {
    write();
    var old = current(source);
    if (old.fetchingUntil().equals(Optional.of(fetchingUntil))) {
      sets.put(
          source, new StoredKeySet(old.keys(), old.fetchedAt(), Optional.empty(), noFetchBefore));
    }
  }
}
