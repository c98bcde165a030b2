package dev.chatgate.provider;

import java.io.IOException;
import java.util.Map;

/**
 * Where an answer goes: first {@link #head}, then any number of {@link #write}, then {@link #end}.
 * If one of them throws, the tenant is gone: none is called any more.
 */
public interface AnswerSink {

  /**
   * Begins the answer.
   *
   * @param headers the answer's own, names in lower case
   */
  void head(int status, Map<String, String> headers) throws IOException;

  /**
   * Sends bytes to the tenant at once. On a stream a call holds whole events; the array is used
   * again afterwards.
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Ends the answer: nothing follows. */
  void end() throws IOException;
}
