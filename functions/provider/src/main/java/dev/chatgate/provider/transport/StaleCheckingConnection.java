package dev.chatgate.provider.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.LazyLaxLineParser;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries one exchange after another, and never takes bytes that no request asked
 * for as an answer (RFC 9112, section 9.2): a connection that holds such bytes, in the socket, in
 * the TLS layer or in the client's own buffer, is not used again.
 *
 * <p>It also knows whether a request that got no answer can have reached the other side.
 */
final class StaleCheckingConnection extends DefaultManagedHttpClientConnection {
  /** A record that waits below TLS is read at once; what is waited for is the record after it. */
  private static final int TLS_WAIT_MILLIS = 1;

  /**
   * How long a refusal of the request may take after the end of the connection: a round trip. Only
   * a call that failed already waits for it.
   */
  private static final int REFUSAL_WAIT_MILLIS = 100;

  private final Heads heads;

  /** Under TLS the socket below it. */
  private @Nullable Socket plain;

  private @Nullable InputStream content;
  private int exchanges;

  StaleCheckingConnection(Http1Config limits) {
    this(limits, new Heads(limits));
  }

  private StaleCheckingConnection(Http1Config limits, Heads heads) {
    super("provider", null, null, limits, null, null, null, null, _ -> heads);
    this.heads = heads;
  }

  /** Reads the heads of answers, and so knows the buffer behind which the socket is read. */
  private static final class Heads extends DefaultHttpResponseParser {
    private @Nullable SessionInputBuffer buffer;

    Heads(Http1Config limits) {
      super(limits, LazyLaxLineParser.INSTANCE, null);
    }

    @Override
    public @Nullable ClassicHttpResponse parse(SessionInputBuffer from, InputStream in)
        throws IOException, HttpException {
      buffer = from;
      return super.parse(from, in);
    }

    boolean haveMore() {
      return buffer != null && buffer.length() > 0;
    }
  }

  @Override
  public void bind(Socket socket) throws IOException {
    super.bind(socket);
    plain = socket;
  }

  @Override
  public void bind(SSLSocket secured, Socket socket) throws IOException {
    super.bind(secured, socket);
    plain = socket;
  }

  /**
   * Whether it must not be used: closed by either side, or bytes wait that no request asked for.
   */
  @Override
  public boolean isStale() throws IOException {
    var below = plain;
    var channel = below == null ? null : below.getChannel();
    if (below == null || channel == null || !isOpen()) {
      return super.isStale();
    }
    if (holdsBytes()) {
      return true;
    }
    return below.getInputStream().available() > 0 ? readsData() : readsAnything(channel);
  }

  /**
   * Whether bytes wait that were read already, or that can be read as part of an answer. What waits
   * below TLS does not count: it may be a session ticket.
   */
  private boolean holdsBytes() throws IOException {
    var socket = getSocketHolder();
    return heads.haveMore() || (socket != null && socket.getInputStream().available() > 0);
  }

  /** Reads what waits below TLS: session tickets are taken, all else is the end or data. */
  private boolean readsData() throws IOException {
    var socket = getSocket();
    int before = socket.getSoTimeout();
    try {
      socket.setSoTimeout(TLS_WAIT_MILLIS);
      var _ = socket.getInputStream().read();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(before);
    }
  }

  /** Nothing to read is the good case; else it is the end, or what no request asked for. */
  private static boolean readsAnything(SocketChannel idle) {
    try {
      return readNow(idle) != 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Reads a byte without waiting: 1, none: 0, or the end: -1. */
  private static int readNow(SocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    try {
      return channel.read(ByteBuffer.allocate(1));
    } finally {
      channel.configureBlocking(true);
    }
  }

  /** Asked when an exchange has ended: whether another may follow. */
  @Override
  public boolean isConsistent() {
    try {
      return super.isConsistent() && !holdsBytes();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether an exchange went before the present one. */
  boolean isReused() {
    return exchanges > 1;
  }

  @Override
  public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
    exchanges++;
    try {
      if (request.getEntity() == null) {
        requireNothingWaits();
      }
      super.sendRequestHeader(request);
    } catch (IOException e) {
      throw new NotReceivedException(e, isReused());
    }
  }

  /** The header is still in the client's buffer: the first byte goes out in here. */
  @Override
  public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
    try {
      requireNothingWaits();
      super.sendRequestEntity(request);
    } catch (IOException e) {
      throw new NotReceivedException(e, isReused());
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      super.flush();
    } catch (IOException e) {
      throw new NotReceivedException(e, isReused());
    }
  }

  /** An answer that is there before its request was sent is none. */
  private void requireNothingWaits() throws IOException {
    if (holdsBytes()) {
      throw new IOException("bytes were received that no request asked for");
    }
  }

  @Override
  public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
    try {
      return super.receiveResponseHeader();
    } catch (NoHttpResponseException e) {
      if (wasRefused()) {
        throw new NotReceivedException(e, isReused());
      }
      throw e;
    }
  }

  /**
   * Whether the other side had closed the connection before the request arrived. Its system then
   * answers the request with a reset, which follows the end of the connection; after that nothing
   * can be written. Where the request was received before the end, writing is still possible. A
   * reset without an end before it tells nothing: a server can cause it after its work, too. Nor is
   * there a proof under TLS, where this side answers an end by itself, and that may be refused.
   */
  private boolean wasRefused() {
    var channel = plain == null ? null : plain.getChannel();
    if (channel == null || getSocket() instanceof SSLSocket || !hasEnded(channel)) {
      return false;
    }
    try {
      Thread.sleep(REFUSAL_WAIT_MILLIS);
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ClosedChannelException e) {
      // A time limit has passed meanwhile.
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean hasEnded(SocketChannel channel) {
    try {
      return readNow(channel) < 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  protected InputStream createContentInputStream(
      long length, SessionInputBuffer buffer, InputStream in) {
    content = super.createContentInputStream(length, buffer, in);
    return content;
  }

  /** The body of the present answer. Reading it to its end does not give the connection back. */
  InputStream content() {
    return content == null ? InputStream.nullInputStream() : content;
  }

  /** Builds pools whose sockets are channels, which can be read without waiting. */
  static final class PoolBuilder extends PoolingHttpClientConnectionManagerBuilder {
    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
      var secured =
          RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build();
      return new DefaultHttpClientConnectionOperator(PoolBuilder::socket, ports, names, secured);
    }

    private static Socket socket(@Nullable Proxy proxy) throws IOException {
      return proxy == null ? SocketChannel.open().socket() : new Socket(proxy);
    }
  }
}
