package dev.chatgate.keyset;

import java.time.Instant;

/**
 * The key sets in the store, shared by all instances. A source is a key set's address or an issuer,
 * as a tenant's configuration writes it. Instants are kept in milliseconds. Every method throws
 * {@link dev.chatgate.StoreUnavailableException} if the store does not answer, or if a later
 * release wrote the item and this one must not ignore what it wrote.
 */
public interface KeySetStore {
  /** Reads a key set; {@link StoredKeySet#NONE} if there is none. */
  StoredKeySet read(String source);

  /**
   * Reserves a fetch for this instance. Exactly one of all that try at the same time gets it.
   *
   * @param now the present
   * @param fetchingUntil when the fetch will have ended
   * @param noFetchBefore when another instance may fetch, unless {@link #put} or {@link #failed}
   *     sets another time first
   * @return whether this instance may fetch: only if the time that was set last has come
   */
  boolean reserveFetch(String source, Instant now, Instant fetchingUntil, Instant noFetchBefore);

  /**
   * Stores a fetched key set and ends the reservation. Does nothing if another reservation has
   * replaced this one: the instance was suspended in its fetch, and its set may be an old one.
   *
   * @param fetchingUntil names the reservation
   * @param keys the set, JSON
   * @param fetchedAt when the fetch began
   * @param noFetchBefore when an instance may fetch it again
   */
  void put(
      String source, Instant fetchingUntil, String keys, Instant fetchedAt, Instant noFetchBefore);

  /**
   * Ends a reservation after a fetch that failed. The stored keys stay. Does nothing if another
   * reservation or a fetched set has replaced it.
   *
   * @param fetchingUntil names the reservation
   * @param noFetchBefore when an instance may try again
   */
  void failed(String source, Instant fetchingUntil, Instant noFetchBefore);
}
