package dev.chatgate.identity.keyset;

import dev.chatgate.Background;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.keyset.KeySetStore;
import dev.chatgate.keyset.StoredKeySet;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.time.Pause;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this instance knows of the key set of one source. A key that is known is found in memory;
 * else the stored set is read, and fetched if that does not have the key either. Callers of this
 * instance wait for each other, so that they share what one of them reads or fetches.
 */
final class CachedKeySet {
  private static final Logger LOG = System.getLogger(CachedKeySet.class.getName());

  private final Services services;
  private final Issuer issuer;
  private final String source;
  private final ReentrantLock searching = new ReentrantLock();
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private volatile @Nullable Known known;
  private volatile Instant noRefreshBefore = Instant.MIN;

  /**
   * As it was read or written last, without the keys; guarded by {@link #searching}, as the next
   * field is.
   */
  private StoredKeySet stored = StoredKeySet.NONE;

  private Instant readAt = Instant.MIN;

  /**
   * What all sources share.
   *
   * @param clock the store's time
   * @param pause waits for a fetch of another instance
   * @param background runs a refresh that no call waits for
   */
  record Services(
      KeySetStore store,
      KeySetFetcher fetcher,
      InstantSource clock,
      Pause pause,
      Executor background) {}

  private record Known(KeySet keys, Instant fetchedAt) {
    boolean isOlderThan(Duration age, Instant now) {
      return !now.isBefore(fetchedAt.plus(age));
    }
  }

  /**
   * @param issuer one of those that have this source
   * @param source names the set in the store
   */
  CachedKeySet(Services services, Issuer issuer, String source) {
    this.services = services;
    this.issuer = issuer;
    this.source = source;
  }

  /**
   * Finds a key.
   *
   * @throws dev.chatgate.StoreUnavailableException if it is not in memory and the store does not
   *     answer
   */
  KeyLookup find(Optional<String> kid) {
    var now = services.clock().instant();
    var usable = usable(now);
    if (usable.isEmpty()) {
      return search(kid);
    }
    if (isOld(now)) {
      refreshBeside(now);
    }
    var key = usable.get().find(kid);
    if (key.isPresent()) {
      return new KeyLookup.Found(key.get());
    }
    // Another set would have to have exactly one key: the next refresh finds that.
    return kid.isEmpty() ? new KeyLookup.NotFound() : search(kid);
  }

  /**
   * Reads the stored set if none is known.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  void lookAhead() {
    var now = services.clock().instant();
    if (!isOld(now)) {
      return;
    }
    searching.lock();
    try {
      read(now);
    } finally {
      searching.unlock();
    }
  }

  private Optional<KeySet> usable(Instant now) {
    var held = known;
    return held == null || held.isOlderThan(KeySetTimes.USED_FOR, now)
        ? Optional.empty()
        : Optional.of(held.keys());
  }

  private boolean isOld(Instant now) {
    var held = known;
    return held == null || held.isOlderThan(KeySetTimes.REFRESH_AFTER, now);
  }

  private KeyLookup search(Optional<String> kid) {
    var giveUpAt = services.clock().instant().plus(HttpKeySetFetcher.MAX_TIME);
    searching.lock();
    try {
      return searchLocked(kid, giveUpAt);
    } finally {
      searching.unlock();
    }
  }

  private KeyLookup searchLocked(Optional<String> kid, Instant giveUpAt) {
    while (true) {
      var now = services.clock().instant();
      read(now);
      if (isFound(kid, now)) {
        return lookup(kid, now);
      }
      boolean mayFetch = !now.isBefore(stored.noFetchBefore());
      if (mayFetch && reserve(now)) {
        fetch(now);
        return lookup(kid, services.clock().instant());
      }
      boolean isFetchedByAnother =
          mayFetch || stored.fetchingUntil().filter(now::isBefore).isPresent();
      if (!isFetchedByAnother || !now.isBefore(giveUpAt)) {
        return lookup(kid, now);
      }
      services.pause().pause(Duration.between(now, readAt.plus(KeySetTimes.READ_PAUSE)));
    }
  }

  /** Whether a fetch could not tell more. */
  private boolean isFound(Optional<String> kid, Instant now) {
    return usable(now).filter(keys -> kid.isEmpty() || keys.find(kid).isPresent()).isPresent();
  }

  private KeyLookup lookup(Optional<String> kid, Instant now) {
    var usable = usable(now);
    if (usable.isEmpty()) {
      var wait = Duration.between(now, stored.noFetchBefore());
      var shortest = KeySetTimes.FETCH_PAUSE_IF_UNKNOWN;
      return new KeyLookup.Unavailable(wait.compareTo(shortest) > 0 ? wait : shortest);
    }
    return usable
        .get()
        .find(kid)
        .<KeyLookup>map(KeyLookup.Found::new)
        .orElseGet(KeyLookup.NotFound::new);
  }

  /** Reads the stored set, if that was not done within the last second. */
  private void read(Instant now) {
    if (now.isBefore(readAt.plus(KeySetTimes.READ_PAUSE))) {
      return;
    }
    stored = services.store().read(source);
    readAt = now;
    var held = known;
    var fetchedAt = stored.fetchedAt();
    if (fetchedAt.isPresent() && (held == null || fetchedAt.get().isAfter(held.fetchedAt()))) {
      stored.keys().ifPresent(keys -> adopt(keys, fetchedAt.get()));
    }
    stored = withoutKeys(stored.fetchingUntil(), stored.noFetchBefore());
  }

  /** The text of the keys is large, and needed only once. */
  private static StoredKeySet withoutKeys(Optional<Instant> fetchingUntil, Instant noFetchBefore) {
    return new StoredKeySet(Optional.empty(), Optional.empty(), fetchingUntil, noFetchBefore);
  }

  private void adopt(String keys, Instant fetchedAt) {
    try {
      known = new Known(KeySet.parse(keys), fetchedAt);
    } catch (KeySetException e) {
      LOG.log(Level.WARNING, "the stored key set of {0} is damaged", issuer.issuer());
    }
  }

  private Instant reservedUntil(Instant now) {
    return now.plus(KeySetTimes.RESERVED_FOR);
  }

  private boolean reserve(Instant now) {
    var noFetchBefore =
        usable(now).isPresent() ? now.plus(KeySetTimes.FETCH_PAUSE) : reservedUntil(now);
    return services.store().reserveFetch(source, now, reservedUntil(now), noFetchBefore);
  }

  /**
   * Fetches the set, which was reserved.
   *
   * @param now when it was reserved
   */
  private void fetch(Instant now) {
    String fetched;
    try {
      fetched = services.fetcher().fetch(issuer);
      var keys = KeySet.parse(fetched);
      if (keys.isEmpty()) {
        throw new KeySetException("the key set has no signing key");
      }
      known = new Known(keys, now);
    } catch (KeySetException e) {
      LOG.log(
          Level.WARNING, "fetching the keys of {0} failed: {1}", issuer.issuer(), e.getMessage());
      failed(now);
      return;
    }
    var noFetchBefore = now.plus(KeySetTimes.FETCH_PAUSE);
    ended(
        noFetchBefore, store -> store.put(source, reservedUntil(now), fetched, now, noFetchBefore));
  }

  private void failed(Instant now) {
    var noFetchBefore =
        usable(now).isPresent()
            ? now.plus(KeySetTimes.FETCH_PAUSE)
            : services.clock().instant().plus(KeySetTimes.FETCH_PAUSE_IF_UNKNOWN);
    ended(noFetchBefore, store -> store.failed(source, reservedUntil(now), noFetchBefore));
  }

  /** The call goes on with what it has if the end cannot be stored; the reservation then lapses. */
  private void ended(Instant noFetchBefore, Consumer<KeySetStore> store) {
    stored = withoutKeys(Optional.empty(), noFetchBefore);
    try {
      store.accept(services.store());
    } catch (StoreUnavailableException e) {
      LOG.log(
          Level.WARNING,
          "the result of fetching the keys of {0} could not be stored: {1}",
          issuer.issuer(),
          e.reason());
    }
  }

  private void refreshBeside(Instant now) {
    if (!now.isBefore(noRefreshBefore) && refreshing.compareAndSet(false, true)) {
      services.background().execute(Background.loggingFailures("key-set-refresh", this::refresh));
    }
  }

  private void refresh() {
    searching.lock();
    try {
      var now = services.clock().instant();
      noRefreshBefore = now.plus(KeySetTimes.FETCH_PAUSE);
      read(now);
      if (isOld(now) && !now.isBefore(stored.noFetchBefore()) && reserve(now)) {
        fetch(now);
      }
    } finally {
      searching.unlock();
      refreshing.set(false);
    }
  }
}
