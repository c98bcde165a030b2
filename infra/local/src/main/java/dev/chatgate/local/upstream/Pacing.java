package dev.chatgate.local.upstream;

import java.time.Duration;

/**
 * How fast the built-in upstream answers.
 *
 * @param firstToken time before the first token
 * @param eachToken time between two tokens of a choice
 */
public record Pacing(Duration firstToken, Duration eachToken) {
  /** Like a quick hosted model. */
  public static final Pacing REALISTIC = new Pacing(Duration.ofMillis(120), Duration.ofMillis(20));

  /** Without any wait. */
  public static final Pacing NONE = new Pacing(Duration.ZERO, Duration.ZERO);
}
