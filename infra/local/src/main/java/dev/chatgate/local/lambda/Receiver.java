package dev.chatgate.local.lambda;

/**
 * Gets the outcome of an invocation: either {@link #answered}, or {@link #began}, chunks and {@link
 * #ended}. {@link #failed} may come at any time instead of the rest, and nothing comes after it.
 */
public interface Receiver {
  /** The complete response of a buffered invocation. */
  void answered(byte[] payload);

  /**
   * A streamed response begins.
   *
   * @param contentType as the function sends it; says whether the bytes begin with a prelude
   */
  void began(String contentType);

  /** The next bytes of a streamed response, to be passed on at once. */
  void chunk(byte[] bytes, int offset, int length);

  /** The streamed response is complete. */
  void ended();

  /** There is no response, or no further part of it. */
  void failed(Failure why);
}
