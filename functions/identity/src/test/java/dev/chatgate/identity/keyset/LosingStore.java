package dev.chatgate.identity.keyset;

import dev.chatgate.keyset.KeySetStore;
import dev.chatgate.keyset.StoredKeySet;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** A store at which another instance is always a moment earlier with its reservation. */
record LosingStore(KeySetStore store, BooleanSupplier another) implements KeySetStore {
  @Override
  public StoredKeySet read(String source) {
    return store.read(source);
  }

  @Override
  public boolean reserveFetch(
      String source, Instant now, Instant fetchingUntil, Instant noFetchBefore) {
    return another.getAsBoolean() && store.reserveFetch(source, now, fetchingUntil, noFetchBefore);
  }

  @Override
  public void put(
      String source, Instant fetchingUntil, String keys, Instant fetchedAt, Instant noFetchBefore) {
    store.put(source, fetchingUntil, keys, fetchedAt, noFetchBefore);
  }

  @Override
  public void failed(String source, Instant fetchingUntil, Instant noFetchBefore) {
    store.failed(source, fetchingUntil, noFetchBefore);
  }
}
