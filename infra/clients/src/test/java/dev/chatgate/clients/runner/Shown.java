package dev.chatgate.clients.runner;

import java.util.Optional;

/**
 * The parts of an error that the library shows to its caller.
 *
 * @param name the class of the exception
 * @param status the HTTP status; 0 if it is not shown
 */
record Shown(
    String name,
    int status,
    Optional<String> code,
    Optional<String> param,
    Optional<String> requestId,
    Optional<String> retryAfter,
    String message) {

  /** An error with only a class and a message. */
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
