package dev.chatgate.local.upstream;

import java.time.Duration;

/**
 * How fast the built-in upstream speaks.
 *
 * @param firstToken how long it thinks before the first token
 * @param eachToken between two tokens of a choice
 */
public record Pacing(Duration firstToken, Duration eachToken) {
  /** Like a quick hosted model. */
  public static final Pacing BELIEVABLE = new Pacing(Duration.ofMillis(120), Duration.ofMillis(20));

  /** Without any wait. */
  public static final Pacing NONE = new Pacing(Duration.ZERO, Duration.ZERO);
}
