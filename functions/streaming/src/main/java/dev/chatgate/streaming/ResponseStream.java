package dev.chatgate.streaming;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one invocation as a state machine. For every sequence of calls by a handler, the
 * Runtime API gets either one response, complete or cut with error trailers, or one error.
 */
final class ResponseStream implements ResponseWriter, LimitedAnswer {

  private enum State {
    /** No head yet. */
    EMPTY,
    /** A head is set, but nothing has been sent. */
    HEAD,
    STREAMING,
    ENDED,
    FAILED,
    /** The connection broke: nothing more can be sent for this invocation. */
    LOST
  }

  private static final byte[] NO_BYTES = {};
  private static final byte[] LINE_FEED = {'\n'};
  private static final int ACCEPTED = 202;
  private static final Duration MAX_LIMIT = Duration.ofDays(1);

  /** Minimum wait for the confirmation of a complete answer, even if its handler returned late. */
  private static final long CONFIRMATION_NANOS = 1_000_000_000L;

  private final RuntimeApi api;
  private final WriteBuffer frame;
  private final String requestId;
  private State state = State.EMPTY;
  private byte[] prelude = NO_BYTES;
  private boolean bodyForbidden;
  private volatile @Nullable Connection connection;
  private volatile long limitNanos;
  private volatile boolean timedOut;
  private boolean limited;
  private int confirmation = ACCEPTED;

  ResponseStream(RuntimeApi api, String requestId) {
    this.api = api;
    this.frame = api.frame();
    this.requestId = requestId;
  }

  @Override
  public synchronized void head(int status, Map<String, String> headers, List<String> cookies)
      throws IOException {
    requireOpen("head");
    if (state == State.STREAMING) {
      Log.warn(requestId, "the handler called head after the first byte; the call failed");
      throw new IllegalStateException("The head has been sent already");
    }
    byte[] encoded = Prelude.encode(status, headers, cookies);
    if (state == State.HEAD) {
      Log.warn(requestId, "the handler called head twice; the later one is sent");
    }
    prelude = encoded;
    bodyForbidden = status == 204 || status == 304;
    state = State.HEAD;
  }

  @Override
  public synchronized void endWithin(Duration time) throws IOException {
    requireOpen("endWithin");
    Duration left = time.compareTo(MAX_LIMIT) < 0 ? time : MAX_LIMIT;
    if (left.isPositive()) {
      limit(System.nanoTime() + left.toNanos());
    } else {
      timeOut();
    }
  }

  private void limit(long atNanos) {
    limitNanos = atNanos;
    limited = true;
    AnswerLimits.SHARED.add(this);
  }

  private void removeLimit() {
    if (limited) {
      AnswerLimits.SHARED.remove(this);
    }
  }

  /** The answer's time limit, in the time base of {@link System#nanoTime}. */
  @Override
  public long limitNanos() {
    return limitNanos;
  }

  /**
   * Ends the answer because its time limit has passed. Called by another thread. It does not take
   * the lock, because a blocked write holds it.
   */
  @Override
  public void timeOut() {
    timedOut = true;
    Connection current = connection;
    if (current != null) {
      current.abort();
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    requireOpen("write");
    requireHead();
    int end = offset + length;
    for (int from = offset; from < end; from += WriteBuffer.MAX_CHUNK_BYTES) {
      begin();
      frame.chunk(bytes, from, Math.min(WriteBuffer.MAX_CHUNK_BYTES, end - from));
      send();
    }
  }

  @Override
  public synchronized void end() throws IOException {
    if (state == State.ENDED || state == State.FAILED) {
      return;
    }
    requireOpen("end");
    requireHead();
    boolean empty = state == State.HEAD;
    begin();
    if (empty && !bodyForbidden) {
      frame.chunk(LINE_FEED, 0, 1);
    }
    frame.line("0").line("");
    send();
    state = State.ENDED;
    removeLimit();
  }

  @Override
  public synchronized void fail(Throwable error) throws IOException {
    switch (state) {
      case EMPTY, HEAD -> reportError(error);
      case STREAMING -> cut(ErrorReport.ofInvocation(error));
      case ENDED -> Log.warn(requestId, "the handler called fail after the end; ignored");
      case FAILED, LOST -> {}
    }
  }

  /**
   * Completes the protocol after the handler has returned or thrown, and reads the Runtime API's
   * reply. If the handler did not end the answer, it is ended here, with a line in the log.
   *
   * @throws RuntimeApiException if the Runtime API answered that the container is broken
   */
  synchronized void complete(@Nullable Throwable thrown) throws RuntimeApiException {
    try {
      if (thrown == null) {
        finish();
      } else {
        Log.failure(requestId, "the handler failed", thrown);
        abandon(thrown);
      }
      confirm();
    } catch (IOException e) {
      connectionLost(e);
    } finally {
      removeLimit();
      close();
    }
    checkConfirmation();
  }

  private void finish() throws IOException {
    switch (state) {
      case EMPTY -> {
        Log.warn(requestId, "the handler returned without an answer; reported as an error");
        reportError(new IllegalStateException());
      }
      case HEAD, STREAMING -> endForHandler();
      case ENDED, FAILED, LOST -> {}
    }
  }

  private void endForHandler() throws IOException {
    if (timedOut && state == State.HEAD) {
      Log.warn(requestId, "the time limit passed before the first byte; reported as an error");
      reportError(tooLate());
      return;
    }
    if (!timedOut) {
      Log.warn(requestId, "the handler returned without calling end; the answer was ended for it");
    }
    end();
  }

  private void abandon(Throwable thrown) throws IOException {
    if (state != State.ENDED) {
      fail(thrown);
    }
  }

  private void reportError(Throwable error) throws IOException {
    state = State.FAILED;
    try {
      confirmation = api.postInvocationError(requestId, ErrorReport.ofInvocation(error));
    } catch (IOException e) {
      connectionLost(e);
      throw e;
    }
  }

  private void cut(ErrorReport report) throws IOException {
    frame.line("0");
    frame.text("Lambda-Runtime-Function-Error-Type: ").line(report.type());
    frame.text("Lambda-Runtime-Function-Error-Body: ").line(report.base64()).line("");
    send();
    state = State.FAILED;
    removeLimit();
  }

  /**
   * Puts the request's head and the prelude before the first chunk, so that all leave in one socket
   * write.
   */
  private void begin() throws IOException {
    if (state == State.HEAD) {
      state = State.STREAMING;
      api.beginResponse(requestId);
      frame.chunk(prelude, 0, prelude.length);
      prelude = NO_BYTES;
      connect();
    }
  }

  private void connect() throws IOException {
    try {
      connection = api.open();
      if (timedOut) {
        throw tooLate();
      }
    } catch (IOException e) {
      connectionLost(e);
      throw e;
    }
  }

  private void send() throws IOException {
    try {
      Objects.requireNonNull(connection).send(frame);
    } catch (IOException e) {
      connectionLost(e);
      throw timedOut ? tooLate() : e;
    }
  }

  private static IOException tooLate() {
    return new IOException("The time limit of the answer has passed");
  }

  /**
   * Waits for the Runtime API's confirmation. It comes when Lambda has the whole response, which
   * can depend on how fast the client reads.
   */
  private void confirm() throws IOException {
    Connection current = connection;
    if (current != null && state != State.LOST) {
      if (limited) {
        limit(later(limitNanos, System.nanoTime() + CONFIRMATION_NANOS));
      }
      confirmation = current.receive().status();
    }
  }

  private static long later(long oneNanos, long otherNanos) {
    return oneNanos - otherNanos > 0 ? oneNanos : otherNanos;
  }

  /** Whether the connection broke before the Runtime API confirmed the answer. */
  synchronized boolean wasLost() {
    return state == State.LOST;
  }

  private void checkConfirmation() throws RuntimeApiException {
    if (confirmation >= 500) {
      throw new RuntimeApiException("an answer", confirmation);
    }
    if (confirmation != ACCEPTED) {
      Log.warn(requestId, "the Runtime API answered ".concat(Integer.toString(confirmation)));
    }
  }

  private void connectionLost(IOException cause) {
    frame.clear();
    if (state != State.LOST) {
      state = State.LOST;
      if (timedOut) {
        Log.warn(requestId, "the client did not take the answer within its time limit; cut");
      } else {
        Log.failure(requestId, "the connection to the Runtime API broke", cause);
      }
    }
    close();
  }

  private void close() {
    Connection current = connection;
    if (current != null) {
      current.close();
      connection = null;
    }
  }

  private void requireOpen(String call) throws IOException {
    if (state == State.LOST) {
      throw timedOut ? tooLate() : new IOException("The connection to the Runtime API broke");
    }
    if (state == State.ENDED || state == State.FAILED) {
      Log.warn(
          requestId,
          "the handler called "
              .concat(call)
              .concat(" after the answer had ended; the call failed"));
      throw new IOException("The response is over");
    }
    if (timedOut) {
      throw tooLate();
    }
  }

  private void requireHead() {
    if (state == State.EMPTY) {
      throw new IllegalStateException("Call head first");
    }
  }
}
