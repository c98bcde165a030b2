package dev.chatgate.provider.transport;

import dev.chatgate.provider.ProviderSettings;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The pool of connections to the provider: HTTP/1.1 and nothing that a client for browsers would do
 * besides, no redirects, cookies, repeats, decompression or upgrades.
 *
 * <p>No connection exists before the first request, and {@link #forget} leaves that state again, so
 * that a snapshot holds none.
 */
public final class HttpTransport implements AutoCloseable {
  private static final String LISTENER = "chatgate.listener";

  /** More than any function instance has calls. A call waits for its limits, not for the pool. */
  private static final int MAX_CONNECTIONS = 10_000;

  /** Within this time after an answer no connection is looked at, or made, ahead of its use. */
  private static final TimeValue FRESH = TimeValue.ofSeconds(4);

  /** How long a connection is kept where the provider does not say: balancers close after 60 s. */
  private static final TimeValue KEEP_ALIVE = TimeValue.ofSeconds(55);

  /**
   * How long a connection is kept that was looked at and is about to be used: the provider may have
   * asked for less than the usual time, which is forgotten by now.
   */
  private static final TimeValue LOOKED_AT = TimeValue.ofSeconds(2);

  private final ScheduledExecutorService timer = ExchangeDeadline.timer();
  private final Timeout connect;
  private final HttpRoute route;
  private final Supplier<SSLContext> tls;
  private volatile long lastUsedMillis;
  private @Nullable Built built;

  /** Receives the progress of a request, on the thread that sends it. */
  interface Listener {
    /** A connection is there, new or kept, and no byte of the request is sent. */
    void connected();

    /** The request is about to be sent over this connection. */
    void sends(StaleCheckingConnection over);
  }

  private record Built(PoolingHttpClientConnectionManager pool, CloseableHttpClient client) {}

  /**
   * @param settings for the limit on connecting
   * @param tls whose certificates are trusted; asked for once, with the first request
   */
  public HttpTransport(ProviderSettings settings, Supplier<SSLContext> tls) {
    this.connect = Timeout.of(Math.max(1, settings.connect().toMillis()), TimeUnit.MILLISECONDS);
    this.route = route(settings.url(""));
    this.tls = tls;
  }

  /** As the client makes it of a request's address. */
  private static HttpRoute route(URI address) {
    boolean secure = "https".equals(address.getScheme());
    int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
    return new HttpRoute(new HttpHost(address.getScheme(), address.getHost(), port), null, secure);
  }

  /**
   * Sends a request and reads the head of the answer, whose body is the connection's {@link
   * StaleCheckingConnection#content}.
   */
  ClassicHttpResponse send(ClassicHttpRequest request, Listener listener) throws IOException {
    var host = new HttpHost(request.getScheme(), request.getAuthority());
    var context = HttpClientContext.create();
    context.setAttribute(LISTENER, listener);
    return client().executeOpen(host, request, context);
  }

  /** Checks a kept connection, or makes one, in the background; nothing if one was used lately. */
  public ConnectionWarmUp makeReady() {
    boolean fresh = System.currentTimeMillis() - lastUsedMillis < FRESH.toMilliseconds();
    return fresh && built().pool().getTotalStats().getAvailable() > 0
        ? ConnectionWarmUp.NOW
        : ConnectionWarmUp.begin(this::connected);
  }

  /** The pool looks at a connection when it lends one. */
  private boolean connected() throws IOException {
    ConnectionEndpoint endpoint;
    try {
      endpoint = built().pool().lease("ready", route, connect, null).get(connect);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IOException(e);
    }
    var keep = LOOKED_AT;
    try {
      if (!endpoint.isConnected()) {
        connect(endpoint);
        keep = KEEP_ALIVE;
      }
    } finally {
      built().pool().release(endpoint, null, keep);
    }
    return true;
  }

  /** The limit is that of all of it; the socket's own counts anew for the handshake. */
  private void connect(ConnectionEndpoint endpoint) throws IOException {
    Runnable abort = () -> endpoint.close(CloseMode.IMMEDIATE);
    try (var limit = new ExchangeDeadline(timer, connect.toDuration(), abort)) {
      limit.start();
      built().pool().connect(endpoint, null, HttpClientContext.create());
    }
    used();
  }

  /** Enforces the time limits of the exchanges. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** A connection was made, or a request got its whole answer: the connection works. */
  void used() {
    lastUsedMillis = System.currentTimeMillis();
  }

  /** The client, made now if it is not there yet; no connection is. */
  public CloseableHttpClient client() {
    return built().client();
  }

  private synchronized Built built() {
    var existing = built;
    if (existing == null) {
      var pool = pool();
      existing = new Built(pool, client(pool));
      built = existing;
    }
    return existing;
  }

  private static CloseableHttpClient client(PoolingHttpClientConnectionManager pool) {
    return HttpClientBuilder.create()
        .setConnectionManager(pool)
        .setRequestExecutor(new Sender())
        .setDefaultRequestConfig(requests())
        .addExecInterceptorAfter(
            ChainElement.CONNECT.name(), "connected", HttpTransport::tellConnected)
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableAuthCaching()
        .disableConnectionState()
        .disableDefaultUserAgent()
        .build();
  }

  private PoolingHttpClientConnectionManager pool() {
    return new StaleCheckingConnection.PoolBuilder()
        .setConnectionFactory(socket -> new StaleCheckingConnection(heads()))
        .setMaxConnTotal(MAX_CONNECTIONS)
        .setMaxConnPerRoute(MAX_CONNECTIONS)
        .setDefaultSocketConfig(SocketConfig.custom().setTcpNoDelay(true).build())
        .setDefaultConnectionConfig(connections())
        // Lambda's runtime widens the JDK's list of disabled protocols: name ours.
        .setDefaultTlsConfig(
            TlsConfig.custom()
                .setSupportedProtocols(TLS.V_1_2, TLS.V_1_3)
                .setHandshakeTimeout(connect)
                .build())
        .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls.get()))
        .build();
  }

  /** Bounds what the head of an answer may hold; the client's own defaults bound nothing. */
  private static Http1Config heads() {
    return Http1Config.custom().setMaxLineLength(32 * 1024).setMaxHeaderCount(500).build();
  }

  /** A kept connection is looked at before each use: after a freeze every one may be dead. */
  private ConnectionConfig connections() {
    return ConnectionConfig.custom()
        .setConnectTimeout(connect)
        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
        .build();
  }

  /** No time-out of the socket's own: a timer ends what takes too long. */
  private static RequestConfig requests() {
    return RequestConfig.custom()
        .setRedirectsEnabled(false)
        .setProtocolUpgradeEnabled(false)
        .setExpectContinueEnabled(false)
        .setResponseTimeout(Timeout.DISABLED)
        .setDefaultKeepAlive(KEEP_ALIVE.getDuration(), KEEP_ALIVE.getTimeUnit())
        .build();
  }

  private static ClassicHttpResponse tellConnected(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    if (scope.clientContext.getAttribute(LISTENER) instanceof Listener listener) {
      listener.connected();
    }
    return chain.proceed(request, scope);
  }

  /** Reports over which connection a request goes. */
  private static final class Sender extends HttpRequestExecutor {
    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest request,
        HttpClientConnection connection,
        @Nullable HttpResponseInformationCallback informed,
        HttpContext context)
        throws IOException, HttpException {
      if (connection instanceof StaleCheckingConnection kept
          && context.getAttribute(LISTENER) instanceof Listener listener) {
        listener.sends(kept);
      }
      return super.execute(request, connection, informed, context);
    }
  }

  /** Closes every connection that no request is on; the next request makes one. */
  public synchronized void forget() {
    if (built != null) {
      built.pool().closeIdle(TimeValue.ZERO_MILLISECONDS);
    }
  }

  @Override
  public synchronized void close() {
    if (built != null) {
      built.client().close(CloseMode.IMMEDIATE);
      built = null;
    }
    timer.shutdownNow();
  }
}
