package dev.chatgate.local.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A small HTTP/1.1 server on loopback: a virtual thread for each connection, every byte sent at
 * once. The JDK's own server hides the raw target and the trailers of a request, which the doors
 * and the Runtime API need.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpServer.class.getName());

  private static final int HEADERS_TOO_LARGE = 431;
  private static final int LINGER_MILLIS = 500;

  private final ServerSocket listener;
  private final Handler handler;
  private final Consumer<Exception> defects;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  /** Answers requests. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers one request, in the connection's own thread.
     *
     * @param request what was asked
     * @param reply where the answer goes; one that is left unsent becomes a 500
     * @throws IOException if the caller is gone
     */
    void handle(Request request, Reply reply) throws IOException;
  }

  private HttpServer(ServerSocket listener, Handler handler, Consumer<Exception> defects) {
    this.listener = listener;
    this.handler = handler;
    this.defects = defects;
  }

  /**
   * Opens the port and serves it.
   *
   * @param port on 127.0.0.1; 0 for any free one
   * @param handler answers
   * @throws UncheckedIOException if the port cannot be had
   */
  public static HttpServer start(int port, Handler handler) {
    return start(port, handler, e -> LOG.log(Level.ERROR, "a handler failed", e));
  }

  static HttpServer start(int port, Handler handler, Consumer<Exception> defects) {
    try {
      var listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1_000);
      var server = new HttpServer(listener, handler, defects);
      Thread.ofVirtual().name("http-" + listener.getLocalPort()).start(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port, also where it was chosen freely. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Stops listening and breaks every connection off. */
  @Override
  public void close() {
    closeQuietly(listener);
    connections.forEach(HttpServer::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // The listener was closed, or a caller left while it was accepted.
      }
    }
  }

  private void serve(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream(), 16_384);
      while (serveOne(socket, in)) {
        // Answered; the connection waits for its next request.
      }
    } catch (MalformedException e) {
      refuse(socket, e.status());
    } catch (TooLargeException e) {
      refuse(socket, HEADERS_TOO_LARGE);
    } catch (IOException e) {
      // The caller left. What it asked for has been done or not; nobody is there to be told.
    } finally {
      connections.remove(socket);
      closeQuietly(socket);
    }
  }

  private boolean serveOne(Socket socket, BufferedInputStream in) throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return false;
    }
    in.reset();
    String peer = socket.getInetAddress().getHostAddress();
    Request request = Request.read(requestLine(in), in, socket.getOutputStream(), peer);
    var reply = new Reply(socket, request);
    handle(request, reply);
    if (!reply.begun()) {
      reply.send(500, Headers.NONE, new byte[0]);
    }
    return drained(request) && reply.reusable();
  }

  /** An empty line before a request is ignored (RFC 9112, 2.2). */
  private static String requestLine(BufferedInputStream in) throws IOException {
    String line = Wire.line(in);
    return line.isEmpty() ? Wire.line(in) : line;
  }

  /** False, too, for a body that turns out malformed: the request has its answer already. */
  private static boolean drained(Request request) throws IOException {
    try {
      return request.drain();
    } catch (MalformedException | TooLargeException e) {
      return false;
    }
  }

  private void handle(Request request, Reply reply) throws IOException {
    try {
      handler.handle(request, reply);
    } catch (RuntimeException e) {
      defects.accept(e);
      if (reply.begun()) {
        reply.cut();
      }
    }
  }

  private static void refuse(Socket socket, int status) {
    String refusal =
        "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .formatted(status, Reply.reason(status));
    try {
      socket.getOutputStream().write(refusal.getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      // A connection that is closed over unread bytes is reset, and the refusal lost with it.
      socket.setSoTimeout(LINGER_MILLIS);
      socket.getInputStream().readNBytes(Wire.MAX_HEAD_BYTES);
    } catch (IOException e) {
      // Whoever speaks no HTTP and leaves misses nothing.
    }
  }

  private static void closeQuietly(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception e) {
      // Closing is all that was wanted.
    }
  }
}
