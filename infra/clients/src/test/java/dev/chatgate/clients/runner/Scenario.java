package dev.chatgate.clients.runner;

import java.util.Map;
import java.util.Optional;

/** The call of a case and its expected result. */
sealed interface Scenario {
  /**
   * A successful answer.
   *
   * @param parts the expected parts
   * @param mostMillis the maximum time in ms
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
   * @param twice whether the call is made twice and the second one fails
   * @param retryAfter whether the error has {@code retry-after}
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

  /** A stream that fails after its text. */
  record Breaks(Call call, String code) implements Scenario {}

  /** A stream that the client aborts. */
  record Left(Call call) implements Scenario {}

  /**
   * A call with the library's own retries.
   *
   * @param before a call to make first
   */
  record Repeated(Optional<Call> before, Call call, boolean waits) implements Scenario {}
}
