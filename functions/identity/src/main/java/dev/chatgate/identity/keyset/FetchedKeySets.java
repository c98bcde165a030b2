package dev.chatgate.identity.keyset;

import dev.chatgate.keyset.KeySetStore;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.time.Pause;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Key sets that are fetched from the issuers, shared by all instances through the store, and held
 * in memory.
 *
 * <ul>
 *   <li>A known key costs no read. A set that is {@link KeySetTimes#REFRESH_AFTER} old is refreshed
 *       in the background, by one of all instances.
 *   <li>An unknown key: an instance reads the stored set anew at most once a second, and all
 *       instances together fetch it at most once in {@link KeySetTimes#FETCH_PAUSE}. A call waits
 *       for a fetch of another instance.
 *   <li>While the issuer does not answer properly, the keys of the last good fetch are used for
 *       {@link KeySetTimes#USED_FOR}. Where none are known, a call waits for the fetch, {@link
 *       HttpKeySetFetcher#MAX_TIME} at most, and a fetch that failed blocks the next one for {@link
 *       KeySetTimes#FETCH_PAUSE_IF_UNKNOWN}.
 *   <li>A set that the tenant's configuration holds itself is neither fetched nor stored.
 * </ul>
 */
public final class FetchedKeySets implements KeySets {
  /** Most sets in memory; what was used longest ago is forgotten. */
  public static final int MAX_SETS = 1_000;

  /**
   * Stands before the address of a key set where it names a source, so that no issuer has its name.
   */
  static final String KEYS_AT = "jwks_uri ";

  private final CachedKeySet.Services services;
  private final Latest<CachedKeySet> fetched = new Latest<>();
  private final Latest<Optional<KeySet>> configured = new Latest<>();

  /**
   * Reads and fetches nothing yet.
   *
   * @param store what all instances share
   * @param fetcher asks the issuers
   * @param clock the store's time
   * @param pause waits for a fetch of another instance
   * @param background runs a refresh that no call waits for
   */
  public FetchedKeySets(
      KeySetStore store,
      KeySetFetcher fetcher,
      InstantSource clock,
      Pause pause,
      Executor background) {
    this.services = new CachedKeySet.Services(store, fetcher, clock, pause, background);
  }

  @Override
  public KeyLookup find(Issuer issuer, Optional<String> kid) {
    if (issuer.jwks().isPresent()) {
      return configured
          .get(issuer.jwks().get(), FetchedKeySets::parse)
          .flatMap(keys -> keys.find(kid))
          .<KeyLookup>map(KeyLookup.Found::new)
          .orElseGet(KeyLookup.NotFound::new);
    }
    return cached(issuer).find(kid);
  }

  /**
   * Reads the stored sets of issuers before calls need them; of more than {@link #MAX_SETS}, the
   * first. None is fetched.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public void prefetch(Collection<Issuer> issuers) {
    issuers.stream()
        .filter(issuer -> issuer.jwks().isEmpty())
        .limit(MAX_SETS)
        .forEach(issuer -> cached(issuer).lookAhead());
  }

  private CachedKeySet cached(Issuer issuer) {
    var source = issuer.jwksUri().map(uri -> KEYS_AT + uri).orElse(issuer.issuer());
    return fetched.get(source, key -> new CachedKeySet(services, issuer, key));
  }

  /** Empty for what is no key set: the operator's tools refuse it. */
  private static Optional<KeySet> parse(String json) {
    try {
      return Optional.of(KeySet.parse(json));
    } catch (KeySetException e) {
      return Optional.empty();
    }
  }

  /** The values that were used last. */
  private static final class Latest<V> {
    private final SequencedMap<String, V> values = new LinkedHashMap<>();

    synchronized V get(String key, Function<String, V> make) {
      var known = values.get(key);
      var value = known == null ? make.apply(key) : known;
      values.putLast(key, value);
      if (values.size() > MAX_SETS) {
        values.pollFirstEntry();
      }
      return value;
    }
  }
}
