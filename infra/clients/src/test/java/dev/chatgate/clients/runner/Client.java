package dev.chatgate.clients.runner;

import java.util.Map;
import java.util.Optional;

/** A library, called as its users would call it. What it does not offer is an empty answer. */
interface Client {
  /** A call that is answered in one piece. */
  Optional<Answer> plain(Call call) throws Exception;

  /** A streamed call, read piece by piece. */
  Optional<Answer> stream(Call call) throws Exception;

  /** A streamed call, put together by the library's own helper. */
  default Optional<Answer> helper(Call call) throws Exception {
    return stream(call);
  }

  /** Whether it asks for the usage of every stream. */
  default boolean alwaysAsksForUsage() {
    return false;
  }

  /** What a caller sees of an error. */
  Shown shown(Throwable error);

  /** The class that it throws for a status. */
  String errorName(int status);

  /** What it keeps from the caller of an error: the end of such cells. */
  String hidden(boolean param, boolean retryAfter);

  /** The cells of this library that are neither {@code ok} nor an error that is typed as usual. */
  Map<String, String> known();
}
