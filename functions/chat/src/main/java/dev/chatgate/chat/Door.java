package dev.chatgate.chat;

import java.time.Duration;

/**
 * The two ways in. They differ in time, size and rhythm, and in how a path arrives; in nothing
 * else.
 */
public enum Door {
  /** HTTP API before an ordinary handler: the answer goes out in one piece, settled. */
  API(Duration.ofSeconds(2)),
  /**
   * Function URL before the streaming runtime: the answer goes out as it comes, and is settled
   * afterwards.
   */
  STREAM(Duration.ofSeconds(5));

  /**
   * When the buffered door answers at the latest, counted from {@code requestContext.timeEpoch}.
   * HTTP API gives up after 29 s, on a clock that starts before a snapshot's restore does; Lambda's
   * own deadline starts after it and says nothing here.
   */
  public static final Duration API_ANSWERS_WITHIN = Duration.ofSeconds(25);

  private final Duration settling;

  Door(Duration settling) {
    this.settling = settling;
  }

  /** How much of a call's time is kept for settling: the provider call ends that much earlier. */
  public Duration settling() {
    return settling;
  }
}
