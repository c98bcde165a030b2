package dev.chatgate.gateway.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Where an answer goes, the same at either door: once the head, then the bytes, then the end. An
 * {@link IOException} says that the bytes reach nobody any more; the work behind the answer goes on
 * without it.
 */
public interface ResponseChannel {

  /**
   * Begins the answer, or begins it anew while it is not {@link #committed}.
   *
   * @param status the HTTP status
   * @param headers by lower-case name
   */
  void head(int status, Map<String, String> headers) throws IOException;

  /**
   * Limits the time for the rest of the answer, where the client is waited for: afterwards nothing
   * more of it can be written.
   *
   * @param time from now; replaces an earlier limit
   */
  void endWithin(Duration time) throws IOException;

  /** Passes bytes on, at once where the door streams. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Ends the answer: the client has all of it when this returns, where the door streams. */
  void end() throws IOException;

  /** Whether bytes may have reached the client, so that no other answer can be given any more. */
  boolean committed();

  /**
   * Breaks off an answer that is committed, after a defect of ours.
   *
   * @param error the defect
   */
  void breakOff(Throwable error) throws IOException;
}
