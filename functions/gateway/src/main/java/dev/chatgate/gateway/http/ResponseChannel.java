package dev.chatgate.gateway.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Receives an answer, with the same interface at both doors: the head, then the bytes, then the
 * end. An {@link IOException} means that the client can no longer be reached; the call is finished
 * and settled all the same.
 */
public interface ResponseChannel {

  /**
   * Sets status and headers. May be called again, to replace the answer, while it is not {@link
   * #committed}.
   *
   * @param status the HTTP status
   * @param headers by lower-case name
   */
  void head(int status, Map<String, String> headers) throws IOException;

  /**
   * Limits the time for the rest of the answer, if writes can block on the client. Afterwards
   * nothing more can be written.
   *
   * @param time from now; replaces an earlier limit
   */
  void endWithin(Duration time) throws IOException;

  /** Sends bytes; at a streaming door they are sent at once. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Ends the answer. At a streaming door, all of it has been sent when this returns. */
  void end() throws IOException;

  /**
   * Whether bytes may have been sent to the client, so that the answer can no longer be replaced.
   */
  boolean committed();

  /**
   * Breaks off a committed answer after a defect of the gateway.
   *
   * @param error the defect
   */
  void breakOff(Throwable error) throws IOException;
}
