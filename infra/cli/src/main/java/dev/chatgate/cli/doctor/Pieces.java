package dev.chatgate.cli.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** When the pieces of a streamed answer's text came. */
final class Pieces {
  private final InstantSource clock;
  private int count;
  private @Nullable Instant first;
  private @Nullable Instant last;

  Pieces(InstantSource clock) {
    this.clock = clock;
  }

  /** Takes a piece when it comes. An empty one does not count. */
  void take(String text) {
    if (text.isEmpty()) {
      return;
    }
    count++;
    last = clock.instant();
    if (first == null) {
      first = last;
    }
  }

  int count() {
    return count;
  }

  /** The time between the first and the last piece. */
  Duration spread() {
    return first == null || last == null ? Duration.ZERO : Duration.between(first, last);
  }
}
