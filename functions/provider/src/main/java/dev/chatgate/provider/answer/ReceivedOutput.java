package dev.chatgate.provider.answer;

import dev.chatgate.openai.operation.OutputListener;
import dev.chatgate.provider.redaction.SplitKeySearch;

/** Keeps the text of an answer for an estimate, and searches it for our keys. */
record ReceivedOutput(ReceivedText text, SplitKeySearch keys) implements OutputListener {
  @Override
  public void text(int output, CharSequence more) {
    text.add(output, more);
    keys.take(output, more);
  }

  @Override
  public void ended(int output) {
    keys.end(output);
  }
}
