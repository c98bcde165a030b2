package dev.chatgate.provider;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A provider on a plain socket that does exactly what a test tells it, misbehaviour included, and
 * remembers what it was sent, byte for byte.
 *
 * <p>Each request takes the next script; the last one serves all that follow. A script writes raw
 * bytes, status line and all.
 */
public final class ScriptedProvider implements AutoCloseable {
  private final ServerSocket server;
  private final String scheme;
  private final Queue<Script> scripts = new ArrayDeque<>();
  private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final List<Received> all = new ArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  /** What the provider does with one request. */
  @FunctionalInterface
  public interface Script {
    /** Answers the request. A connection that the script leaves open waits for the next request. */
    void play(Wire wire) throws IOException, InterruptedException;
  }

  /**
   * A request as it came.
   *
   * @param head request line and headers as they came, with the empty line
   * @param connection the number of the connection, from 1
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Received(String head, byte[] body, int connection) {
    /** The value of a header, names compared without case; empty if absent. */
    public String header(String name) {
      return head.lines()
          .skip(1)
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    /** The names of the headers as they came, in lower case. */
    public List<String> headerNames() {
      return head.lines()
          .skip(1)
          .filter(line -> line.contains(":"))
          .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT))
          .toList();
    }

    /** The body as text. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** The connection in a script's hands. */
  public static final class Wire {
    private final Socket socket;
    private final OutputStream out;
    private final Received request;

    private Wire(Socket socket, Received request) throws IOException {
      this.socket = socket;
      this.out = socket.getOutputStream();
      this.request = request;
    }

    /** The request that is being answered. */
    public Received request() {
      return request;
    }

    /** Sends text at once. */
    public Wire raw(String text) throws IOException {
      return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends bytes at once. */
    public Wire raw(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
      return this;
    }

    /** Sends a whole answer with its length. */
    public Wire answer(int status, String contentType, String body, String... headers)
        throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      var head = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\n");
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      head.append("content-type: ").append(contentType).append("\r\n");
      return raw(head + "content-length: " + bytes.length + "\r\n\r\n").raw(bytes);
    }

    /** Sends a whole answer of JSON with its length. */
    public Wire json(int status, String body, String... headers) throws IOException {
      return answer(status, "application/json", body, headers);
    }

    /** Begins a chunked event stream. */
    public Wire streamHead() throws IOException {
      return raw(
          "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding:"
              + " chunked\r\n\r\n");
    }

    /** Sends one HTTP chunk. */
    public Wire chunk(String text) throws IOException {
      return chunk(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends one HTTP chunk. */
    public Wire chunk(byte[] bytes) throws IOException {
      if (bytes.length == 0) {
        return this;
      }
      var frame = new ByteArrayOutputStream(bytes.length + 16);
      frame.writeBytes(
          (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
      frame.writeBytes(bytes);
      frame.writeBytes(new byte[] {'\r', '\n'});
      return raw(frame.toByteArray());
    }

    /** Sends bytes in HTTP chunks of a size. */
    public Wire chunks(byte[] bytes, int size) throws IOException {
      for (int at = 0; at < bytes.length; at += size) {
        chunk(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)));
      }
      return this;
    }

    /** Ends a chunked answer. */
    public Wire endChunks() throws IOException {
      return raw("0\r\n\r\n");
    }

    /** Sends a whole chunked event stream. */
    public Wire stream(String events) throws IOException {
      return streamHead().chunk(events).endChunks();
    }

    /** Waits until the test lets go. */
    public Wire await(CountDownLatch latch) throws InterruptedException {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let the script go on");
      }
      return this;
    }

    /** A paced peer's pause. */
    public Wire pause(long millis) throws InterruptedException {
      Thread.sleep(millis);
      return this;
    }

    /** Does nothing more until the other side closes the connection. */
    public Wire stall() throws IOException {
      socket.getInputStream().readAllBytes();
      return this;
    }

    /** Closes the connection. */
    public Wire close() throws IOException {
      socket.close();
      return this;
    }

    /** Closes the connection with a reset. */
    public Wire reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
      return this;
    }
  }

  /** Starts on a free port of 127.0.0.1. */
  public ScriptedProvider(Script... scripts) {
    this(ServerSocketFactory.getDefault(), "http", 0, scripts);
  }

  private ScriptedProvider(
      ServerSocketFactory sockets, String scheme, int port, Script... scripts) {
    this.scheme = scheme;
    this.scripts.addAll(List.of(scripts));
    try {
      server = listen(sockets, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("scripted-provider").start(this::accept);
  }

  /** The system may hold the port of one that has ended for a moment. */
  private static ServerSocket listen(ServerSocketFactory sockets, int port) throws IOException {
    for (int tries = 200; ; tries--) {
      try {
        return sockets.createServerSocket(port, 100, InetAddress.getLoopbackAddress());
      } catch (BindException e) {
        if (tries == 0) {
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  /** The same over TLS. */
  public static ScriptedProvider overTls(SSLContext identity, Script... scripts) {
    return new ScriptedProvider(identity.getServerSocketFactory(), "https", 0, scripts);
  }

  /** Starts where another one was that has ended. */
  public static ScriptedProvider inPlaceOf(ScriptedProvider ended, Script... scripts) {
    return new ScriptedProvider(
        ServerSocketFactory.getDefault(), "http", ended.url().getPort(), scripts);
  }

  /** Ends with a reset of every connection, or with its end; it has come when this returns. */
  public void end(boolean reset) throws IOException {
    for (var socket : open) {
      socket.setSoLinger(reset, 0);
    }
    close();
    // The thread that reads a socket is the last to let it go.
    while (!open.isEmpty()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Its base URL, without a slash at its end. */
  public URI url() {
    return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort() + "/openai/v1");
  }

  /** Puts another script behind those that wait. */
  public ScriptedProvider then(Script script) {
    synchronized (scripts) {
      scripts.add(script);
    }
    return this;
  }

  /** Forgets the scripts and begins anew with this one. */
  public ScriptedProvider instead(Script script) {
    synchronized (scripts) {
      scripts.clear();
      scripts.add(script);
    }
    return this;
  }

  /** The next request that has not been taken yet; waits for it. */
  public Received takeRequest() throws InterruptedException {
    var next = received.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new IllegalStateException("no request came");
    }
    return next;
  }

  /** Every request so far. */
  public List<Received> requests() {
    synchronized (all) {
      return List.copyOf(all);
    }
  }

  /** Sends bytes that no request asked for, over every connection that is open. */
  public void sendUnasked(String bytes) throws IOException {
    for (var socket : open) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** How many connections were opened so far. */
  public int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException e) {
      // The test has closed the provider.
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      var in = new BufferedInputStream(socket.getInputStream());
      Received request = read(in, number);
      while (request != null) {
        remember(request);
        nextScript().play(new Wire(socket, request));
        request = socket.isClosed() ? null : read(in, number);
      }
    } catch (IOException e) {
      // The other side went, or the script has closed the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private void remember(Received request) {
    synchronized (all) {
      all.add(request);
    }
    received.add(request);
  }

  private Script nextScript() {
    synchronized (scripts) {
      return scripts.size() > 1 ? scripts.remove() : scripts.element();
    }
  }

  private static @org.jspecify.annotations.Nullable Received read(InputStream in, int connection)
      throws IOException {
    var head = new ByteArrayOutputStream();
    int last = 0;
    while (last != 0x0D0A0D0A) {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      head.write(b);
      last = last << 8 | b;
    }
    var text = head.toString(StandardCharsets.ISO_8859_1);
    var request = new Received(text, new byte[0], connection);
    var length = request.header("content-length");
    byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
    return new Received(text, body, connection);
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
