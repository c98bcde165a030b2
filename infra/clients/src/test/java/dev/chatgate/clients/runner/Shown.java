package dev.chatgate.clients.runner;

import java.util.Optional;

/**
 * What of an error the library shows to its caller.
 *
 * @param name the class that it throws
 * @param status 0 if it shows none
 */
record Shown(
    String name,
    int status,
    Optional<String> code,
    Optional<String> param,
    Optional<String> requestId,
    Optional<String> retryAfter,
    String message) {

  /** Only a class and a message. */
  static Shown bare(Throwable error) {
    return new Shown(
        error.getClass().getSimpleName(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        String.valueOf(error.getMessage()));
  }
}
