package dev.chatgate.tenant;

import dev.chatgate.cache.Lifetime;
import dev.chatgate.cache.RefreshingValue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what another directory found: what is known for a set time, what is not for 10 seconds,
 * and of each at most 10,000. A known key or tenant that is used in the second half of its time is
 * read again in the background, so that a tenant that keeps calling does not wait for the store. A
 * failure is not remembered, and nothing is used past its time: with the store away, calls are
 * refused.
 */
public final class CachedTenantDirectory implements TenantDirectory {
  /** How long an unknown key stays unknown without another read. */
  public static final Duration UNKNOWN_FOR = Duration.ofSeconds(10);

  /** Most keys remembered, of known and of unknown ones each; the same for tenants. */
  public static final int MAX_KEYS = 10_000;

  private final TenantDirectory store;
  private final InstantSource clock;
  private final Executor background;
  private final Lifetime ofKnown;
  private final Lifetime ofUnknown = Lifetime.fixed(UNKNOWN_FOR);
  private final Cache<KeyHash, Credential> byHash;
  private final Cache<KeyNumber, Credential> byNumber;
  private final Cache<TenantId, Tenant> byId;
  private final RefreshingValue<TenantIndex> index;

  private record KeyNumber(TenantId tenant, int code) {}

  /**
   * @param store where to look
   * @param knownFor how long a revoked key, a suspension or a new quota may go unnoticed
   * @param clock the present
   * @param background runs a read that no call waits for
   */
  public CachedTenantDirectory(
      TenantDirectory store, Duration knownFor, InstantSource clock, Executor background) {
    this.store = store;
    this.clock = clock;
    this.background = background;
    this.ofKnown = Lifetime.strict(knownFor);
    this.byHash = new Cache<>(store::find);
    this.byNumber = new Cache<>(key -> store.find(key.tenant(), key.code()));
    this.byId = new Cache<>(store::find);
    this.index =
        new RefreshingValue<>(
            "the index of credentials", store::index, _ -> ofKnown, clock, background);
  }

  @Override
  public Optional<Credential> find(KeyHash key) {
    return byHash.find(key);
  }

  @Override
  public Optional<Credential> find(TenantId tenant, int keyCode) {
    return byNumber.find(new KeyNumber(tenant, keyCode));
  }

  @Override
  public Optional<Tenant> find(TenantId tenant) {
    return byId.find(tenant);
  }

  @Override
  public TenantIndex index() {
    return index.get();
  }

  /**
   * Reads the index and some keys before a call uses them. No key replaces what is remembered
   * already.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public void lookAhead() {
    var now = clock.instant();
    var _ = index.get();
    store
        .some()
        .forEach((key, found) -> {
          byHash.putAhead(key, found, now);
          byNumber.putAhead(new KeyNumber(found.tenant().id(), found.keyCode()), found, now);
          byId.putAhead(found.tenant().id(), found.tenant(), now);
        });
  }

  /** What was read last; what was read first is forgotten. */
  private final class Cache<K, V> {
    private final Function<K, Optional<V>> source;
    private final Values<K, V> known = new Values<>();
    private final Values<K, V> unknown = new Values<>();

    private Cache(Function<K, Optional<V>> source) {
      this.source = source;
    }

    private Optional<V> find(K key) {
      var remembered = known.fresh(key);
      if (remembered == null) {
        remembered = unknown.fresh(key);
      }
      return remembered == null ? look(key) : remembered.get();
    }

    private void putAhead(K key, V found, Instant readAt) {
      var value = value(key);
      value.set(Optional.of(found), readAt);
      known.putIfNotFresh(key, value);
    }

    private Optional<V> look(K key) {
      var value = value(key);
      var found = value.get();
      if (found.isPresent()) {
        known.put(key, value);
      } else {
        known.remove(key);
        unknown.put(key, value);
      }
      return found;
    }

    private RefreshingValue<Optional<V>> value(K key) {
      return new RefreshingValue<>(
          "a tenant",
          () -> source.apply(key),
          found -> found.isPresent() ? ofKnown : ofUnknown,
          clock,
          background);
    }
  }

  private static final class Values<K, V> {
    private final SequencedMap<K, RefreshingValue<Optional<V>>> values = new LinkedHashMap<>();

    synchronized @Nullable RefreshingValue<Optional<V>> fresh(K key) {
      var value = values.get(key);
      return value == null || value.isStale() ? null : value;
    }

    synchronized void put(K key, RefreshingValue<Optional<V>> value) {
      values.putLast(key, value);
      if (values.size() > MAX_KEYS) {
        values.pollFirstEntry();
      }
    }

    synchronized void putIfNotFresh(K key, RefreshingValue<Optional<V>> value) {
      if (fresh(key) == null) {
        put(key, value);
      }
    }

    synchronized void remove(K key) {
      values.remove(key);
    }
  }
}
