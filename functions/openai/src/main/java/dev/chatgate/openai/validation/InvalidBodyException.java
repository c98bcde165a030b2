package dev.chatgate.openai.validation;

import dev.chatgate.openai.error.ApiError;

/** Ends the reading of a body at its first fault; it never leaves the package. */
final class InvalidBodyException extends RuntimeException {
  private final transient ApiError error;

  InvalidBodyException(ApiError error) {
    super(error.code().wireName(), null, false, false);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
