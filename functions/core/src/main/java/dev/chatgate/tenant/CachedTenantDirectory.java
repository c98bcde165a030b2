package dev.chatgate.tenant;

import dev.chatgate.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what another directory found: known keys for a set time, unknown ones for 10 seconds,
 * and of each at most 10,000. A known key that is asked for in the second half of its time is
 * looked up again beside the call, so that of a tenant who keeps calling no call waits for the
 * store. A failure is not remembered, and nothing is used past its time: with the store away, calls
 * are refused.
 */
public final class CachedTenantDirectory implements TenantDirectory {
  /** How long an unknown key stays unknown without another look. */
  public static final Duration UNKNOWN_FOR = Duration.ofSeconds(10);

  /** Most keys remembered, of known and of unknown ones each. */
  public static final int MOST_KEYS = 10_000;

  private final TenantDirectory store;
  private final InstantSource clock;
  private final Executor beside;
  private final Memory known;
  private final Memory unknown;

  /**
   * @param store where to look
   * @param knownFor how long a revoked key, a suspension or a new quota may go unnoticed
   * @param clock the present
   * @param beside runs a look that nobody waits for
   */
  public CachedTenantDirectory(
      TenantDirectory store, Duration knownFor, InstantSource clock, Executor beside) {
    this.store = store;
    this.clock = clock;
    this.beside = beside;
    this.known = new Memory(knownFor);
    this.unknown = new Memory(UNKNOWN_FOR);
  }

  @Override
  public Optional<Credential> find(KeyHash key) {
    var now = clock.instant();
    var remembered = known.get(key, now);
    if (remembered == null) {
      remembered = unknown.get(key, now);
    } else if (remembered.startsAnotherLook(now)) {
      beside.execute(() -> lookAgain(key));
    }
    return remembered == null ? look(key, now) : remembered.found();
  }

  /**
   * Looks some keys up before anybody sends them. None is put over what is known of it already.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  public void lookAhead() {
    var now = clock.instant();
    store.some().forEach((key, found) -> known.putNew(key, Optional.of(found), now));
  }

  private Optional<Credential> look(KeyHash key, Instant now) {
    var found = store.find(key);
    if (found.isPresent()) {
      known.put(key, found, now);
    } else {
      known.remove(key);
      unknown.put(key, found, now);
    }
    return found;
  }

  private void lookAgain(KeyHash key) {
    try {
      look(key, clock.instant());
    } catch (StoreUnavailableException e) {
      // What is remembered holds until its time is over; then a call finds out by itself.
    }
  }

  private static final class Memory {
    private final Duration lifetime;
    private final Map<KeyHash, Entry> entries = new LinkedHashMap<>();

    private record Entry(
        Optional<Credential> found, Instant again, Instant until, AtomicBoolean begun) {

      /** Whether it is time to look again, and nobody does: true once. */
      boolean startsAnotherLook(Instant now) {
        return !now.isBefore(again) && begun.compareAndSet(false, true);
      }
    }

    Memory(Duration lifetime) {
      this.lifetime = lifetime;
    }

    synchronized @Nullable Entry get(KeyHash key, Instant now) {
      var entry = entries.get(key);
      return entry != null && now.isBefore(entry.until) ? entry : null;
    }

    synchronized void put(KeyHash key, Optional<Credential> found, Instant now) {
      // Removed first, so that insertion order is age order and the eldest is the one to go.
      entries.remove(key);
      var half = now.plus(lifetime.dividedBy(2));
      entries.put(key, new Entry(found, half, now.plus(lifetime), new AtomicBoolean()));
      if (entries.size() > MOST_KEYS) {
        removeEldest();
      }
    }

    synchronized void putNew(KeyHash key, Optional<Credential> found, Instant now) {
      if (get(key, now) == null) {
        put(key, found, now);
      }
    }

    synchronized void remove(KeyHash key) {
      entries.remove(key);
    }

    private void removeEldest() {
      Iterator<KeyHash> eldest = entries.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }
}
