package dev.chatgate.openai.validation;

import dev.chatgate.openai.error.ApiError;

/** Leaves the reading of a body at its first fault; never leaves the package. */
public final class InvalidBodyException extends RuntimeException {
  private final transient ApiError error;

  InvalidBodyException(ApiError error) {
    super(error.code().wireName(), null, false, false);
    this.error = error;
  }

  public ApiError error() {
    return error;
  }
}
