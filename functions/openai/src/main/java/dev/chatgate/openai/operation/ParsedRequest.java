package dev.chatgate.openai.operation;

import dev.chatgate.openai.error.ApiError;

/** The result of parsing a request's body. */
public sealed interface ParsedRequest {
  /** The body keeps every rule of its operation. */
  record Valid(MeteredRequest request) implements ParsedRequest {}

  /**
   * The body breaks a rule.
   *
   * @param error a 400 that says that the body is not JSON, or names the first field at fault
   */
  record Invalid(ApiError error) implements ParsedRequest {}
}
