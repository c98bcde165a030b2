package dev.chatgate.local.lambda;

/**
 * Hears what becomes of an invocation: either {@link #answered}, or {@link #began} followed by
 * chunks and {@link #ended}; {@link #failed} may come at any time instead of what is still missing,
 * and is the last word.
 */
public interface Receiver {
  /** A buffered answer, complete. */
  void answered(byte[] payload);

  /**
   * A streamed answer begins.
   *
   * @param contentType as the function declares it; tells whether a prelude leads the bytes
   */
  void began(String contentType);

  /** The next bytes of a streamed answer, to be passed on now. */
  void chunk(byte[] bytes, int offset, int length);

  /** The streamed answer is complete. */
  void ended();

  /** There will be no (further) answer. */
  void failed(Failure why);
}
