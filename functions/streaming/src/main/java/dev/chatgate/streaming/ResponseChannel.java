package dev.chatgate.streaming;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The answer to one invocation: a head, then bytes that reach the client as they are written, then
 * an end.
 *
 * <p>An {@link IOException} from any method means that the connection to the Runtime API is gone,
 * or that the response is over: the answer cannot be completed, nothing else will be sent for it,
 * and the handler is free to finish its own work. Methods may be called from any thread, one at a
 * time.
 *
 * <p>A client that does not read makes {@link #write} wait, until Lambda ends the invocation: see
 * {@link #endWithin}.
 */
public interface ResponseChannel {

  /** As {@link #head(int, Map, List)}, without cookies. */
  default void head(int status, Map<String, String> headers) throws IOException {
    head(status, headers, List.of());
  }

  /**
   * Sets status and headers. They travel with the first byte written, or with the end; until then a
   * later head replaces this one (and a line in the log says so).
   *
   * @param status 200 to 599
   * @param headers sent in the map's order. {@code Content-Length}, {@code Connection} and {@code
   *     Transfer-Encoding} are left out: they belong to the connection between AWS and the client
   * @param cookies each the value of one {@code Set-Cookie} header
   * @throws IllegalArgumentException for a status out of range, a header name that is not an HTTP
   *     token, a value or cookie with a control character other than a tab
   * @throws IllegalStateException if bytes are out already
   * @throws IOException if the response is over
   */
  void head(int status, Map<String, String> headers, List<String> cookies) throws IOException;

  /** As {@link #write(byte[], int, int)}, all of them. */
  default void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /**
   * Sends bytes to the client, at once: they are with the Runtime API when this returns. No bytes
   * (a length of 0) send nothing. The array may be used again afterwards.
   *
   * @throws IllegalStateException before a head
   * @throws IndexOutOfBoundsException if the range is not within the array
   * @throws IOException if the Runtime API is gone or the response is over
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /**
   * Limits the time for the rest of the answer. Once it has passed, a write or an end that waits
   * for a client fails with an {@link IOException}, and so does every later one. The connection to
   * the Runtime API is broken off then, so that the client sees an answer that was cut; Lambda
   * cannot be told why, because error trailers would have to wait for the client too. An answer
   * that has not begun is reported as an error of the invocation when the handler returns. The
   * handler goes on and has until Lambda's deadline for its own work.
   *
   * <p>May be called again at any time before the end; the last call counts. Without one, only
   * Lambda's deadline ends a write. A channel that never waits for a client, in a test of a
   * handler, has nothing to limit: that is what this default is for.
   *
   * @param time from now; none or less ends the answer at once
   * @throws IOException if the response is over
   */
  default void endWithin(Duration time) throws IOException {}

  /**
   * Completes the answer; the client sees its end now. An answer without a byte would leave the
   * client waiting on Lambda, so that one line feed is sent where the status (204, 304) does not
   * forbid it. A second call does nothing.
   *
   * @throws IllegalStateException before a head
   * @throws IOException if the Runtime API is gone
   */
  void end() throws IOException;

  /**
   * Ends the answer as failed: as an error of the invocation while nothing is out, else by cutting
   * it with error trailers. The error's class and stack frames are reported, its message is not.
   * Does nothing if the response is over.
   *
   * @throws IOException if the Runtime API is gone
   */
  void fail(Throwable error) throws IOException;
}
