package dev.chatgate.cache;

import java.time.Duration;

/**
 * How long a value is used.
 *
 * @param refreshAfter age from which on it is read again in the background; the same as {@code
 *     staleAfter} for never
 * @param staleAfter age from which on a caller waits for another read
 * @param usedWhenReadFails whether a stale value stays in use while reading fails
 * @param retryAfter after a read that failed, how long none is tried while the old value is in use
 */
public record Lifetime(
    Duration refreshAfter, Duration staleAfter, boolean usedWhenReadFails, Duration retryAfter) {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  /** Never used past its time; read in the background in the second half of it. */
  public static Lifetime strict(Duration lifetime) {
    return new Lifetime(lifetime.dividedBy(2), lifetime, false, RETRY_AFTER);
  }

  /** Never used past its time, and not read in the background. */
  public static Lifetime fixed(Duration lifetime) {
    return new Lifetime(lifetime, lifetime, false, RETRY_AFTER);
  }

  /** Used past its time while reading fails. */
  public static Lifetime lenient(Duration refreshAfter, Duration staleAfter, Duration retryAfter) {
    return new Lifetime(refreshAfter, staleAfter, true, retryAfter);
  }
}
