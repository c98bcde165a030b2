package dev.chatgate.gateway.http;

import java.time.Duration;

/**
 * The two ways in. They differ in time, size and rhythm, and in how a path arrives; in nothing
 * else.
 */
public enum Door {
  /** HTTP API before an ordinary handler: the answer goes out in one piece, settled. */
  API(Duration.ofSeconds(2), Duration.ofMillis(1_500)),
  /**
   * Function URL before the streaming runtime: the answer goes out as it comes, and is settled
   * afterwards.
   */
  STREAM(Duration.ofSeconds(5), Duration.ofSeconds(25));

  /**
   * When the buffered door answers at the latest, counted from {@code requestContext.timeEpoch}.
   * HTTP API gives up after 29 s, on a clock that starts before a snapshot's restore does; Lambda's
   * own deadline starts after it and says nothing here.
   */
  public static final Duration API_ANSWERS_WITHIN = Duration.ofSeconds(25);

  private final Duration settling;
  private final Duration settlesWithin;

  Door(Duration settling, Duration settlesWithin) {
    this.settling = settling;
    this.settlesWithin = settlesWithin;
  }

  /** How much of a call's time is kept for settling: the provider call ends that much earlier. */
  public Duration settling() {
    return settling;
  }

  /**
   * How long settling is tried while the store fails; the reconciler does the rest. At the buffered
   * door the caller waits for it with a finished answer; at the streaming door the instance is busy
   * and billed, and hundreds of calls that end together may need so long at one item. Longer would
   * seldom help, but each try that succeeds charges what was used, and the reconciler charges the
   * reserve.
   */
  public Duration settlesWithin() {
    return settlesWithin;
  }
}
