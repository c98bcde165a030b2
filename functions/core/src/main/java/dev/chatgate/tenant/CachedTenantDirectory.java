package dev.chatgate.tenant;

import dev.chatgate.cache.Lifetime;
import dev.chatgate.cache.RefreshingValue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what another directory found: known keys for a set time, unknown ones for 10 seconds,
 * and of each at most 10,000. A known key that is used in the second half of its time is read again
 * in the background, so that a tenant that keeps calling does not wait for the store. A failure is
 * not remembered, and nothing is used past its time: with the store away, calls are refused.
 */
public final class CachedTenantDirectory implements TenantDirectory {
  /** How long an unknown key stays unknown without another read. */
  public static final Duration UNKNOWN_FOR = Duration.ofSeconds(10);

  /** Most keys remembered, of known and of unknown ones each. */
  public static final int MAX_KEYS = 10_000;

  private final TenantDirectory store;
  private final InstantSource clock;
  private final Executor background;
  private final Lifetime ofKnown;
  private final Lifetime ofUnknown = Lifetime.fixed(UNKNOWN_FOR);
  private final Keys known = new Keys();
  private final Keys unknown = new Keys();

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
  }

  @Override
  public Optional<Credential> find(KeyHash key) {
    var remembered = known.fresh(key);
    if (remembered == null) {
      remembered = unknown.fresh(key);
    }
    return remembered == null ? look(key) : remembered.get();
  }

  /**
   * Reads some keys before a call uses them. None replaces what is remembered already.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public void lookAhead() {
    var now = clock.instant();
    store
        .some()
        .forEach((key, found) -> {
          var value = value(key);
          value.set(Optional.of(found), now);
          known.putIfNotFresh(key, value);
        });
  }

  private Optional<Credential> look(KeyHash key) {
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

  private RefreshingValue<Optional<Credential>> value(KeyHash key) {
    return new RefreshingValue<>(
        "a tenant",
        () -> store.find(key),
        found -> found.isPresent() ? ofKnown : ofUnknown,
        clock,
        background);
  }

  /** The keys that were read last; the one that was read first is forgotten. */
  private static final class Keys {
    private final SequencedMap<KeyHash, RefreshingValue<Optional<Credential>>> values =
        new LinkedHashMap<>();

    synchronized @Nullable RefreshingValue<Optional<Credential>> fresh(KeyHash key) {
      var value = values.get(key);
      return value == null || value.isStale() ? null : value;
    }

    synchronized void put(KeyHash key, RefreshingValue<Optional<Credential>> value) {
      values.putLast(key, value);
      if (values.size() > MAX_KEYS) {
        values.pollFirstEntry();
      }
    }

    synchronized void putIfNotFresh(KeyHash key, RefreshingValue<Optional<Credential>> value) {
      if (fresh(key) == null) {
        put(key, value);
      }
    }

    synchronized void remove(KeyHash key) {
      values.remove(key);
    }
  }
}
