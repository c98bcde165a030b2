package dev.chatgate.openai.operation;

/**
 * Receives what a model wrote, output by output: an answer may have several (the choices of a chat
 * completion), which take turns on a stream.
 */
public interface OutputListener {
  /** The largest number of outputs; an index is below it. */
  int MAX_OUTPUTS = 1024;

  /** Ignores everything. */
  OutputListener NONE =
      new OutputListener() {
        @Override
        public void text(int output, CharSequence text) {}

        @Override
        public void ended(int output) {}
      };

  /**
   * More text of an output.
   *
   * @param text is used again afterwards
   */
  void text(int output, CharSequence text);

  /** An output has ended. */
  void ended(int output);
}
