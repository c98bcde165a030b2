package dev.chatgate.local.lambda;

/** Why an invocation has no response, or only a part of one. */
public enum Failure {
  /** No instance was free within the maximum wait. */
  THROTTLED,
  /** The instance ended, or could not be started. */
  CRASHED,
  /** The function's time limit passed; the instance was killed. */
  TIMED_OUT,
  /** The handler reported an error. */
  FUNCTION_ERROR,
  /** The buffered response exceeds Lambda's limit. */
  RESPONSE_TOO_LARGE
}
