package dev.chatgate.local.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP/1.1 server on loopback: Jetty, with a virtual thread for each request and without time
 * limits.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpServer.class.getName());

  /** Larger request heads get 431; the doors refuse far earlier, in AWS's words. */
  private static final int MAX_HEAD_BYTES = 1 << 20;

  /** Of a body that the handler left unread; behind more the connection is closed. */
  private static final long MAX_SKIPPED_BYTES = 64L << 20;

  private final Server server;
  private final ServerConnector connector;

  /** Answers requests. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers one request, in a virtual thread of its own.
     *
     * @param request the request
     * @param reply for the response; a 500 is sent if the handler sends none
     * @throws IOException if the client has disconnected or sent a malformed body
     */
    void handle(Request request, Reply reply) throws IOException;
  }

  private HttpServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts a server.
   *
   * @param port on 127.0.0.1; 0 for any free port
   * @param handler answers the requests
   * @throws UncheckedIOException if the port is in use
   */
  public static HttpServer start(int port, Handler handler) {
    var threads = new QueuedThreadPool();
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    var server = new Server(threads);
    var connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(configuration()));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setAcceptQueueSize(1_000);
    connector.setIdleTimeout(0);
    server.addConnector(connector);
    server.setHandler(new Adapter(handler));
    server.setErrorHandler(HttpServer::refuse);
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not start", e);
    }
    return new HttpServer(server, connector);
  }

  private static HttpConfiguration configuration() {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEAD_BYTES);
    http.setMaxResponseHeaderSize(MAX_HEAD_BYTES);
    http.setHeaderCacheCaseSensitive(true);
    http.setHttpCompliance(HttpCompliance.STRICT);
    // Functions get the path as it was sent; what it means is for them to decide.
    http.setUriCompliance(
        UriCompliance.UNSAFE.without(
            "chatgate", UriCompliance.Violation.USER_INFO, UriCompliance.Violation.FRAGMENT));
    return http;
  }

  /** The response to what Jetty refuses, or a handler failed to answer: a status without a body. */
  private static boolean refuse(
      org.eclipse.jetty.server.Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.write(true, null, callback);
    return true;
  }

  /** Calls a handler that blocks, and ends the exchange when it returns. */
  private static final class Adapter extends org.eclipse.jetty.server.Handler.Abstract {
    private final Handler handler;

    Adapter(Handler handler) {
      this.handler = handler;
    }

    @Override
    public boolean handle(
        org.eclipse.jetty.server.Request jetty, Response response, Callback callback)
        throws IOException {
      Request request;
      try {
        request = Request.of(jetty);
      } catch (HttpException.RuntimeException e) {
        response.setStatus(e.getCode());
        return refuse(jetty, response, callback);
      }
      var reply = new Reply(response);
      try {
        handler.handle(request, reply);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a handler failed", e);
        throw e;
      }
      if (!reply.begun()) {
        reply.send(500, Headers.NONE, new byte[0]);
      }
      skip(request.body());
      callback.succeeded();
      return true;
    }

    /** Otherwise a client that is still sending would be reset, and could lose the response. */
    private static void skip(InputStream body) throws IOException {
      var buffer = new byte[16_384];
      long left = MAX_SKIPPED_BYTES;
      while (left > 0) {
        int n = body.read(buffer);
        left = n < 0 ? 0 : left - n;
      }
    }
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not stop", e);
    }
  }
}
