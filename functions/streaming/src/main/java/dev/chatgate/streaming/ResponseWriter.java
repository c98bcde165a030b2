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
 * <p>If the client does not read, {@link #write} blocks until Lambda ends the invocation; {@link
 * #endWithin} sets a shorter limit.
 */
public interface ResponseWriter {

  /** As {@link #head(int, Map, List)}, without cookies. */
  default void head(int status, Map<String, String> headers) throws IOException {
    head(status, headers, List.of());
  }

  /**
   * Sets status and headers. They are sent with the first body byte, or with the end. Until then a
   * later call replaces this one and logs a warning.
   *
   * @param status 200 to 599
   * @param headers sent in the map's order. {@code Content-Length}, {@code Connection} and {@code
   *     Transfer-Encoding} are left out: they belong to the connection between AWS and the client
   * @param cookies each the value of one {@code Set-Cookie} header
   * @throws IllegalArgumentException for a status out of range, a header name that is not an HTTP
   *     token, a value or cookie with a control character other than a tab
   * @throws IllegalStateException if body bytes have been sent already
   * @throws IOException if the response is over
   */
  void head(int status, Map<String, String> headers, List<String> cookies) throws IOException;

  /** As {@link #write(byte[], int, int)} with the whole array. */
  default void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /**
   * Sends bytes to the client. When this returns, they have been written to the Runtime API's
   * socket. A length of 0 sends nothing. The array may be reused afterwards.
   *
   * @throws IllegalStateException before a head
   * @throws IndexOutOfBoundsException if the range is not within the array
   * @throws IOException if the connection to the Runtime API is gone or the response is over
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /**
   * Limits the time for the rest of the answer. Once it has passed, a blocked write or end fails
   * with an {@link IOException}, and so does every later one. The connection to the Runtime API is
   * then closed, so that the client sees a truncated answer. No error trailers are sent, because
   * they would wait for the client too. If nothing was sent yet, an error of the invocation is
   * reported when the handler returns. The handler is not interrupted and may work until Lambda's
   * deadline.
   *
   * <p>May be called again at any time before the end; the last call counts. Without a limit, only
   * Lambda's deadline ends a write. The default implementation does nothing; it is for channels
   * that never block, such as those in a handler's tests.
   *
   * @param time from now; zero or a negative time ends the answer at once
   * @throws IOException if the response is over
   */
  default void endWithin(Duration time) throws IOException {}

  /**
   * Completes the answer; the client sees its end now. With an empty body, Lambda would not send
   * the answer to the client, so that one line feed is sent unless the status (204, 304) forbids a
   * body. A second call does nothing.
   *
   * @throws IllegalStateException before a head
   * @throws IOException if the Runtime API is gone
   */
  void end() throws IOException;

  /**
   * Ends the answer as failed. If nothing was sent yet, an error of the invocation is reported;
   * otherwise the answer is cut with error trailers. The error's class and stack frames are
   * reported, its message is not. Does nothing if the response is over.
   *
   * @throws IOException if the Runtime API is gone
   */
  void fail(Throwable error) throws IOException;
}
