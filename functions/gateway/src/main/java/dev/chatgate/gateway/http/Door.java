package dev.chatgate.gateway.http;

import java.time.Duration;
import java.util.Optional;

/**
 * A way into the gateway: what differs between the services that call it. Each entry has one door.
 *
 * @param name in the log's field {@code door}, lower case
 * @param answersWithin when the whole answer must be there, counted from the call's arrival; empty
 *     if the answer goes out as it comes, for as long as a call may take
 * @param settling how much of a call's time is kept for settling: the provider call ends that much
 *     earlier
 * @param settlesWithin how long settling is tried while the store fails; the reconciler does the
 *     rest
 * @param encodedPath whether the event has the path as the client encoded it, and not decoded
 */
public record Door(
    String name,
    Optional<Duration> answersWithin,
    Duration settling,
    Duration settlesWithin,
    boolean encodedPath) {

  /** The shorter of a limit and the time in which this door must answer. */
  public Duration atMost(Duration limit) {
    return answersWithin.filter(own -> own.compareTo(limit) < 0).orElse(limit);
  }
}
