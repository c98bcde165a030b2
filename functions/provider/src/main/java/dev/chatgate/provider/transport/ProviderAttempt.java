package dev.chatgate.provider.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/**
 * One request to the provider and its answer, under the time limits. Whatever way it ends, {@link
 * #close} gives the connection back if the answer was read to its end, and cuts it otherwise.
 */
public final class ProviderAttempt implements AutoCloseable {
  /** Most that is waited for the end of an answer that is of no interest any more. */
  private static final Duration TAIL = Duration.ofMillis(25);

  private static final int MAX_TAIL_BYTES = 64 * 1024;

  private static final String CONTENT_ENCODING = "content-encoding";

  private final HttpTransport transport;
  private final HttpUriRequestBase request;
  private final Duration total;
  private final ExchangeDeadline deadline;
  private volatile boolean connected;
  private @Nullable StaleCheckingConnection connection;
  private @Nullable ClassicHttpResponse response;

  /** As it comes over the connection, and decoded: the same unless it is compressed. */
  private InputStream raw = InputStream.nullInputStream();

  private InputStream body = raw;
  private @Nullable InflatingStream inflating;
  private ContentCoding coding = ContentCoding.IDENTITY;
  private boolean readToEnd;
  private boolean doubtful;

  /**
   * @param transport the connections
   * @param request what to send
   * @param total until the exchange must have ended
   */
  public ProviderAttempt(HttpTransport transport, HttpUriRequestBase request, Duration total) {
    this.transport = transport;
    this.request = request;
    this.total = total;
    this.deadline = new ExchangeDeadline(transport.timer(), total, request::cancel);
  }

  /**
   * Sends the request and waits for the head of the answer.
   *
   * @param ready a connection that is being made ready
   * @param connect most that connecting may take
   * @param firstByte most that may pass from then to the first byte of the body, none but the total
   *     if empty
   * @throws IOException if there is no answer: {@link #lost} tells what is known of the request
   */
  public void open(ConnectionWarmUp ready, Duration connect, Optional<Duration> firstByte)
      throws IOException {
    ready.await(connect.compareTo(total) < 0 ? connect : total);
    deadline.enter(TimeLimit.CONNECT, connect);
    deadline.start();
    response = sent(firstByte);
    if (response.getEntity() != null && connection != null) {
      raw = connection.content();
      body = decoded(raw);
    }
  }

  private ClassicHttpResponse sent(Optional<Duration> firstByte) throws IOException {
    try {
      return transport.send(request, new Listener(firstByte));
    } catch (RuntimeException e) {
      // Between two of its steps the client ends with these for a request that was cancelled.
      if (request.isCancelled()) {
        throw new IOException("the request was cancelled", e);
      }
      throw e;
    }
  }

  private final class Listener implements HttpTransport.Listener {
    private final Optional<Duration> firstByte;

    Listener(Optional<Duration> firstByte) {
      this.firstByte = firstByte;
    }

    @Override
    public void connected() {
      connected = true;
      firstByte.ifPresentOrElse(
          limit -> deadline.enter(TimeLimit.FIRST_BYTE, limit), deadline::leave);
    }

    @Override
    public void sends(StaleCheckingConnection over) {
      connection = over;
    }
  }

  private InputStream decoded(InputStream encoded) {
    if (!head().containsHeader(CONTENT_ENCODING)) {
      return encoded;
    }
    var values = Arrays.stream(head().getHeaders(CONTENT_ENCODING)).map(Header::getValue).toList();
    coding = ContentCoding.of(values);
    inflating =
        switch (coding) {
          case GZIP -> InflatingStream.gzip(encoded);
          case DEFLATE -> InflatingStream.deflate(encoded);
          case IDENTITY, UNREADABLE -> null;
        };
    return inflating == null ? encoded : inflating;
  }

  /** Whether the body is encoded in a way that cannot be read. */
  public boolean isUnreadable() {
    return coding == ContentCoding.UNREADABLE;
  }

  /** The answer's status. */
  public int status() {
    return head().getCode();
  }

  /** The value of a header of the answer. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(head().getFirstHeader(name)).map(Header::getValue);
  }

  private ClassicHttpResponse head() {
    if (response == null) {
      throw new IllegalStateException("the exchange has no answer");
    }
    return response;
  }

  /** The answer's body, decoded. */
  public InputStream body() {
    return body;
  }

  /** Reads the body into memory, no more than that many bytes of it. */
  public ResponseBody readBody(int mostBytes) {
    var whole = ResponseBody.read(body(), mostBytes);
    readToEnd = whole.isWhole();
    return whole;
  }

  /**
   * Reads the body into memory behind bytes of it that were read before.
   *
   * @param before those bytes
   */
  public ResponseBody readBody(InputStream before, int mostBytes) {
    var rest =
        new FilterInputStream(body()) {
          // The sequence closes what it has read; the connection's stream is needed after that.
          @Override
          public void close() {}
        };
    var whole = ResponseBody.read(new SequenceInputStream(before, rest), mostBytes);
    readToEnd = whole.isWhole();
    return whole;
  }

  /** Gives the provider a moment to end its answer, so that the connection can be used again. */
  public void finish() {
    within(TimeLimit.IDLE, TAIL);
    readToEnd = ResponseBody.read(raw, MAX_TAIL_BYTES).isWhole();
  }

  /** This limit holds from now on, beside the total. */
  public void within(TimeLimit limit, Duration time) {
    deadline.enter(limit, time);
  }

  /** Only the total holds from now on. */
  public void withinTotal() {
    deadline.leave();
  }

  /** The time limit that ended the exchange. */
  public Optional<TimeLimit> passed() {
    return deadline.passed();
  }

  /**
   * What is known of the request, if there is no answer.
   *
   * @param cause why there is none
   */
  public LostRequest lost(IOException cause) {
    boolean received = connection != null && !(cause instanceof NotReceivedException);
    return new LostRequest(received, connected, isOnReusedConnection(), passed());
  }

  /** Whether the connection had carried another exchange before this one. */
  public boolean isOnReusedConnection() {
    return connection != null && connection.isReused();
  }

  /** The answer is not a proper one: what follows it on the connection may not be one either. */
  public void doubtConnection() {
    doubtful = true;
  }

  @Override
  public void close() {
    deadline.close();
    try {
      if (inflating != null) {
        inflating.close();
      }
      giveBackOrCut();
      if (response != null) {
        response.close();
      }
    } catch (IOException e) {
      request.cancel();
    }
  }

  private void giveBackOrCut() throws IOException {
    boolean proper = readToEnd && !doubtful && connection != null && connection.isConsistent();
    if (response != null && proper && isFramedOnce(response)) {
      giveBack(response);
      transport.used();
    } else {
      request.cancel();
    }
  }

  /** With two lengths it is not known which of them the other side meant (RFC 9112, 6.3). */
  private static boolean isFramedOnce(ClassicHttpResponse answer) {
    return !answer.containsHeader("transfer-encoding") || !answer.containsHeader("content-length");
  }

  /** The client gives the connection back where it finds the end of the body. */
  private static void giveBack(ClassicHttpResponse answer) throws IOException {
    var entity = answer.getEntity();
    if (entity != null) {
      var _ = entity.getContent().read();
    }
  }
}
