package dev.chatgate.time;

import java.time.Duration;

/** Waits between attempts. */
@FunctionalInterface
public interface Pause {
  /** Sleeps; an interrupt ends the sleep and stays set. */
  Pause SLEEP =
      duration -> {
        try {
          Thread.sleep(duration);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      };

  /** Returns after about this long. */
  void pause(Duration duration);
}
