package dev.chatgate.keyset;

import java.time.Instant;
import java.util.Optional;

/**
 * A key set as all instances share it.
 *
 * @param keys the set of the last fetch that succeeded, JSON (RFC 7517, section 5); absent if none
 *     has succeeded
 * @param fetchedAt when that fetch began; absent with the keys
 * @param fetchingUntil present while an instance fetches the set: when it must have ended. An
 *     instance that died leaves it behind
 * @param noFetchBefore when an instance may begin another fetch
 */
public record StoredKeySet(
    Optional<String> keys,
    Optional<Instant> fetchedAt,
    Optional<Instant> fetchingUntil,
    Instant noFetchBefore) {
  /** Nothing was fetched yet. */
  public static final StoredKeySet NONE =
      new StoredKeySet(Optional.empty(), Optional.empty(), Optional.empty(), Instant.EPOCH);
}
