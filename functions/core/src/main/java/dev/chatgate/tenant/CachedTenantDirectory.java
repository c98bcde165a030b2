package dev.chatgate.tenant;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what another directory found: known keys for a set time, unknown ones for 10 seconds,
 * and of each at most 10,000. A failure is not remembered, and nothing is used past its time: with
 * the store away, calls are refused.
 */
public final class CachedTenantDirectory implements TenantDirectory {
  /** How long an unknown key stays unknown without another look. */
  public static final Duration UNKNOWN_FOR = Duration.ofSeconds(10);

  /** Most keys remembered, of known and of unknown ones each. */
  public static final int MOST_KEYS = 10_000;

  private final TenantDirectory store;
  private final InstantSource clock;
  private final Memory known;
  private final Memory unknown;

  /**
   * @param store where to look
   * @param knownFor how long a revoked key, a suspension or a new quota may go unnoticed
   * @param clock the present
   */
  public CachedTenantDirectory(TenantDirectory store, Duration knownFor, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    this.known = new Memory(knownFor);
    this.unknown = new Memory(UNKNOWN_FOR);
  }

  @Override
  public Optional<Credential> find(KeyHash key) {
    var now = clock.instant();
    var remembered = known.get(key, now);
    if (remembered == null) {
      remembered = unknown.get(key, now);
    }
    return remembered == null ? look(key, now) : remembered.found();
  }

  private Optional<Credential> look(KeyHash key, Instant now) {
    var found = store.find(key);
    (found.isPresent() ? known : unknown).put(key, found, now);
    return found;
  }

  private static final class Memory {
    private final Duration lifetime;
    private final Map<KeyHash, Entry> entries = new LinkedHashMap<>();

    private record Entry(Optional<Credential> found, Instant until) {}

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
      entries.put(key, new Entry(found, now.plus(lifetime)));
      if (entries.size() > MOST_KEYS) {
        removeEldest();
      }
    }

    private void removeEldest() {
      Iterator<KeyHash> eldest = entries.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }
}
