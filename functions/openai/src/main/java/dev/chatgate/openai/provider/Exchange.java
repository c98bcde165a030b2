package dev.chatgate.openai.provider;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/**
 * One request to the provider and its answer, under the time limits. Whatever way it ends, {@link
 * #close} gives the connection back if the answer was read to its end, and cuts it otherwise.
 */
final class Exchange implements AutoCloseable {
  /** Most that is waited for the end of an answer that is of no interest any more. */
  private static final Duration TAIL = Duration.ofMillis(25);

  private static final int MOST_TAIL_BYTES = 64 * 1024;

  private final HttpTransport transport;
  private final HttpUriRequestBase request;
  private final Duration total;
  private final Watchdog watchdog;
  private volatile boolean connected;
  private @Nullable ClassicHttpResponse response;
  private @Nullable InputStream body;
  private boolean readToEnd;

  /**
   * @param transport the connections
   * @param request what to send
   * @param total until the exchange must have ended
   */
  Exchange(HttpTransport transport, HttpUriRequestBase request, Duration total) {
    this.transport = transport;
    this.request = request;
    this.total = total;
    this.watchdog = new Watchdog(transport.patrol(), total, request::cancel);
  }

  /**
   * Sends the request and waits for the head of the answer.
   *
   * @param ready a connection that is being made ready
   * @param connect most that connecting may take
   * @param firstByte most that may pass from then to the first byte of the body, none but the total
   *     if empty
   * @throws IOException if there is no answer: {@link #passed} and {@link #wasConnected} tell why
   */
  void open(Readiness ready, Duration connect, Optional<Duration> firstByte) throws IOException {
    ready.await(connect.compareTo(total) < 0 ? connect : total);
    watchdog.enter(Limit.CONNECT, connect);
    watchdog.start();
    response = sent(firstByte);
    var entity = response.getEntity();
    body = entity == null ? InputStream.nullInputStream() : entity.getContent();
  }

  private ClassicHttpResponse sent(Optional<Duration> firstByte) throws IOException {
    try {
      return transport.send(request, () -> connected(firstByte));
    } catch (RuntimeException e) {
      // Between two of its steps the client ends with these for a request that was cancelled.
      if (request.isCancelled()) {
        throw new IOException("the request was cancelled", e);
      }
      throw e;
    }
  }

  private void connected(Optional<Duration> firstByte) {
    connected = true;
    firstByte.ifPresentOrElse(limit -> watchdog.enter(Limit.FIRST_BYTE, limit), watchdog::leave);
  }

  /** The answer's status. */
  int status() {
    return head().getCode();
  }

  /** The value of a header of the answer. */
  Optional<String> header(String name) {
    return Optional.ofNullable(head().getFirstHeader(name)).map(Header::getValue);
  }

  private ClassicHttpResponse head() {
    if (response == null) {
      throw new IllegalStateException("the exchange has no answer");
    }
    return response;
  }

  /** The answer's body. */
  InputStream body() {
    if (body == null) {
      throw new IllegalStateException("the exchange has no answer");
    }
    return body;
  }

  /** Reads the body into memory, no more than that many bytes of it. */
  Body readBody(int mostBytes) {
    var whole = Body.read(body(), mostBytes);
    readToEnd = whole.isWhole();
    return whole;
  }

  /** Gives the provider a moment to end its answer, so that the connection can be used again. */
  void finish() {
    within(Limit.IDLE, TAIL);
    readToEnd = Body.read(body(), MOST_TAIL_BYTES).isWhole();
  }

  /** This limit holds from now on, beside the total. */
  void within(Limit limit, Duration time) {
    watchdog.enter(limit, time);
  }

  /** Only the total holds from now on. */
  void withinTotal() {
    watchdog.leave();
  }

  /** The time limit that ended the exchange. */
  Optional<Limit> passed() {
    return watchdog.passed();
  }

  /** Whether the provider may have the request. */
  boolean wasConnected() {
    return connected;
  }

  @Override
  public void close() {
    watchdog.close();
    if (readToEnd) {
      transport.used();
    } else {
      request.cancel();
    }
    try {
      if (response != null) {
        response.close();
      }
    } catch (IOException e) {
      request.cancel();
    }
  }
}
