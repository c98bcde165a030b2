package dev.chatgate.gateway.http;

import java.time.Duration;
import java.util.Optional;

/**
 * What differs between the two ways into the gateway. Each entry has one door.
 *
 * @param name the value of the log's field {@code door}, in lower case
 * @param answersWithin maximum time from the request's arrival to the complete answer; empty if the
 *     answer is streamed and only the call's own time limit applies
 * @param settling part of the call's time that is reserved for settlement; the provider call ends
 *     that much earlier
 * @param settlesWithin how long settlement is retried while the store fails; after that it is left
 *     to the reconciler
 * @param encodedPath whether the event contains the path percent-encoded, as the client sent it
 */
public record Door(
    String name,
    Optional<Duration> answersWithin,
    Duration settling,
    Duration settlesWithin,
    boolean encodedPath) {

  /** Whether the answer is sent while it is produced. */
  public boolean streams() {
    return answersWithin.isEmpty();
  }

  /** The smaller of a limit and the time in which this door must answer. */
  public Duration atMost(Duration limit) {
    return answersWithin.filter(own -> own.compareTo(limit) < 0).orElse(limit);
  }
}
