package dev.chatgate.clients.runner;

import java.util.Map;
import java.util.Optional;

/** What is done in a case, and what must come of it. */
sealed interface Scenario {
  /**
   * An answer.
   *
   * @param parts what must be in it
   * @param mostMillis the longest that it may take
   */
  record Answers(Call call, boolean streamed, Map<String, Object> parts, long mostMillis)
      implements Scenario {
    public Answers {
      parts = Map.copyOf(parts);
    }
  }

  /**
   * An error before the first byte.
   *
   * @param twice whether it is the second call that fails
   * @param retryAfter whether {@code retry-after} comes with it
   */
  record Fails(
      Call call,
      boolean streamed,
      int status,
      String code,
      Optional<String> param,
      boolean twice,
      boolean retryAfter)
      implements Scenario {}

  /** A stream whose text comes and that then fails. */
  record Breaks(Call call, String code) implements Scenario {}

  /** A stream that the client leaves. */
  record Left(Call call) implements Scenario {}

  /**
   * A call that the library may repeat.
   *
   * @param before a call that is made first
   */
  record Repeated(Optional<Call> before, Call call, boolean waits) implements Scenario {}
}
