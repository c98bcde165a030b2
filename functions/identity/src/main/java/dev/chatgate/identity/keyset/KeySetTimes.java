package dev.chatgate.identity.keyset;

import java.time.Duration;

/** How long key sets are used, and how often they are read and fetched. */
public final class KeySetTimes {
  /** Age from which on a set is fetched again beside a call. */
  public static final Duration REFRESH_AFTER = Duration.ofHours(1);

  /** How long a set is used after the fetch. */
  public static final Duration USED_FOR = Duration.ofHours(24);

  /** Least time between two fetches of a set that is known, over all instances. */
  public static final Duration FETCH_PAUSE = Duration.ofSeconds(30);

  /** Least time between two fetches of a set that is not known, over all instances. */
  public static final Duration FETCH_PAUSE_IF_UNKNOWN = Duration.ofSeconds(1);

  /** Least time between two reads of a stored set by an instance. */
  public static final Duration READ_PAUSE = Duration.ofSeconds(1);

  /** How long others wait for an instance that fetches and may have died: a fetch and a write. */
  public static final Duration RESERVED_FOR = HttpKeySetFetcher.MAX_TIME.plusSeconds(1);

  private KeySetTimes() {}
}
