package dev.chatgate.clients.runner;

import java.util.Map;
import java.util.Optional;

/**
 * A library, called as its users call it. A method returns empty if the library does not offer the
 * feature.
 */
interface Client {
  /** Makes a call that is not streamed. */
  Optional<Answer> plain(Call call) throws Exception;

  /** Makes a streamed call and reads it piece by piece. */
  Optional<Answer> stream(Call call) throws Exception;

  /** Makes a streamed call with the library's own helper, which assembles it. */
  default Optional<Answer> helper(Call call) throws Exception {
    return stream(call);
  }

  /** Whether the library always requests the usage of a stream. */
  default boolean alwaysAsksForUsage() {
    return false;
  }

  /** The parts of an error that a caller sees. */
  Shown shown(Throwable error);

  /** The class of the exception for a status. */
  String errorName(int status);

  /** The fields of an error that the caller cannot see, as the end of such cells. */
  String hidden(boolean param, boolean retryAfter);

  /** The cells of this library that are neither {@code ok} nor an error with the usual class. */
  Map<String, String> known();
}
