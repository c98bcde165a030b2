package dev.chatgate.local.lambda;

/** Why an invocation has no answer, or only part of one. */
public enum Failure {
  /** No instance was free for as long as a call waits. */
  THROTTLED,
  /** The instance ended, or could not be started. */
  CRASHED,
  /** The function's time limit passed; the instance was killed. */
  TIMED_OUT,
  /** The handler reported an error. */
  FUNCTION_ERROR,
  /** The buffered answer is larger than Lambda takes. */
  RESPONSE_TOO_LARGE
}
