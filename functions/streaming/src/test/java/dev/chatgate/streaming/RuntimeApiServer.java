package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lambda's Runtime API as its documentation describes it, strict about the order of calls: what
 * Lambda answers with 403 is answered with 403 here, and kept as a violation. {@link #close()}
 * fails the test if there was one that the test did not expect.
 */
final class RuntimeApiServer implements AutoCloseable {

  private static final String BASE = "/2018-06-01/runtime/";
  private static final long PATIENCE_SECONDS = 60;

  private final ServerSocket server;
  private final int concurrency;
  private final boolean snapStart;
  private final BlockingQueue<Call> queue = new LinkedBlockingQueue<>();
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private final BlockingQueue<Failure> startFailures = new LinkedBlockingQueue<>();
  private final List<String> violations = new ArrayList<>();
  private final Semaphore idle = new Semaphore(0);
  private final Semaphore refused = new Semaphore(0);
  private final Semaphore restoreAsked = new Semaphore(0);
  private final Semaphore restored = new Semaphore(0);
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean restoreDone;
  private volatile boolean nextSeen;

  /** Answers to give instead of the right ones, by path; 0 closes the connection without one. */
  private final Map<String, Integer> wrongAnswers = new ConcurrentHashMap<>();

  /** Close a kept connection after each answer to next, without having said so. */
  volatile boolean closesKeptConnections;

  /** Send events in chunks of so many bytes; 0: with a content length. */
  volatile int eventChunkBytes;

  /** How responses are read from now on: all of it at once if null. */
  volatile @Nullable Reader reader;

  /** Called before each chunk of a response but the first. */
  @FunctionalInterface
  interface Reader {
    void beforeChunk() throws InterruptedException;
  }

  RuntimeApiServer() throws IOException {
    this(1, false);
  }

  RuntimeApiServer(int concurrency, boolean snapStart) throws IOException {
    this.concurrency = concurrency;
    this.snapStart = snapStart;
    server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  void answerWrongly(String path, int status) {
    wrongAnswers.put(path, status);
  }

  /** Hands an event to the next loop that asks. */
  Call invoke(byte[] event, String... headers) {
    Call call = new Call("request-" + calls.size(), event, List.of(headers));
    calls.put(call.id, call);
    queue.add(call);
    return call;
  }

  Call invoke(String event, String... headers) {
    return invoke(event.getBytes(StandardCharsets.UTF_8), headers);
  }

  /**
   * Waits until a loop has asked for an invocation that is not there yet, once for each call of
   * this.
   */
  void awaitIdle() throws InterruptedException {
    assertTrue(
        idle.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "no loop asked for an invocation");
  }

  /** Waits until a loop has asked for an invocation before its last one is over. */
  void awaitNextOutOfTurn() throws InterruptedException {
    assertTrue(refused.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing was out of turn");
  }

  void awaitRestoreNext() throws InterruptedException {
    assertTrue(
        restoreAsked.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "restore/next not asked");
  }

  boolean restoreNextAsked() {
    return restoreAsked.availablePermits() > 0;
  }

  boolean nextAsked() {
    return nextSeen;
  }

  void restore() {
    restoreDone = true;
    restored.release();
  }

  /** What came to init/error or restore/error. */
  Failure startFailure() throws InterruptedException {
    return assertNotNull0(startFailures.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  List<String> takeViolations() {
    synchronized (violations) {
      List<String> taken = List.copyOf(violations);
      violations.clear();
      return taken;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    assertEquals(List.of(), takeViolations(), "calls that Lambda would have refused");
  }

  private static <T> T assertNotNull0(@Nullable T value) {
    assertNotNull(value, "nothing came in time");
    return Objects.requireNonNull(value);
  }

  private void violation(String what) {
    synchronized (violations) {
      violations.add(what);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed by the test.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      Wire wire = new Wire(socket);
      boolean more = true;
      while (more) {
        String line = wire.lineOrEnd();
        more = line != null && answer(wire, line);
      }
    } catch (IOException | InterruptedException e) {
      // The process ended, or the test.
    }
  }

  private boolean answer(Wire wire, String line) throws IOException, InterruptedException {
    Map<String, String> headers = wire.headers();
    String[] parts = line.split(" ", -1);
    if (parts.length != 3 || !parts[1].startsWith(BASE) || !headers.containsKey("host")) {
      violation("malformed request " + line);
      return false;
    }
    String path = parts[1].substring(BASE.length());
    Integer wrong = wrongAnswers.get(path);
    if (wrong != null && parts[0].equals("GET")) {
      wire.status(wrong);
      return true;
    }
    return switch (parts[0] + " " + path) {
      case "GET invocation/next" -> next(wire);
      case "GET restore/next" -> restoreNext(wire);
      case "POST init/error" -> startError(wire, path, headers, !nextSeen && !restoreDone);
      case "POST restore/error" -> startError(wire, path, headers, !nextSeen && restoreDone);
      default -> invocation(wire, path, headers);
    };
  }

  private boolean next(Wire wire) throws IOException, InterruptedException {
    nextSeen = true;
    if (inFlight.get() >= concurrency || (snapStart && !restoreDone)) {
      violation("next out of turn");
      refused.release();
      wire.status(403);
      return true;
    }
    Call call = queue.poll();
    if (call == null) {
      idle.release();
      call = queue.take();
    }
    inFlight.incrementAndGet();
    call.state = CallState.RUNNING;
    wire.event(call, eventChunkBytes);
    return !closesKeptConnections;
  }

  private boolean restoreNext(Wire wire) throws IOException, InterruptedException {
    if (!snapStart || restoreDone || nextSeen) {
      violation("restore/next out of turn");
      wire.status(403);
      return true;
    }
    restoreAsked.release();
    restored.acquire();
    wire.status(200);
    return true;
  }

  private boolean startError(Wire wire, String path, Map<String, String> headers, boolean allowed)
      throws IOException {
    String body = new String(wire.body(headers), StandardCharsets.UTF_8);
    String type = headers.getOrDefault("lambda-runtime-function-error-type", "");
    if (!allowed) {
      violation(path + " out of turn");
    }
    wire.status(allowed ? 202 : 403);
    startFailures.add(new Failure(path, type, body));
    return false;
  }

  private boolean invocation(Wire wire, String path, Map<String, String> headers)
      throws IOException, InterruptedException {
    String[] parts = path.split("/", -1);
    Call call = parts.length == 3 && parts[0].equals("invocation") ? calls.get(parts[1]) : null;
    if (call == null || call.state != CallState.RUNNING) {
      violation(path + " out of turn");
      wire.status(403);
      return false;
    }
    if (parts[2].equals("response")) {
      response(wire, call, headers);
    } else if (parts[2].equals("error")) {
      error(wire, call, headers);
    } else {
      violation("unknown path " + path);
    }
    return false;
  }

  private void response(Wire wire, Call call, Map<String, String> headers)
      throws IOException, InterruptedException {
    call.state = CallState.RESPONDING;
    call.wire = wire;
    for (String[] required : Call.REQUIRED_HEADERS) {
      if (!required[1].equals(headers.get(required[0]))) {
        violation("response without " + required[0] + ": " + required[1]);
      }
    }
    try {
      for (byte[] chunk = wire.chunk(); chunk.length > 0; chunk = wire.chunk()) {
        call.events.add(new Chunk(chunk));
        Reader slow = reader;
        if (slow != null) {
          slow.beforeChunk();
        }
      }
      List<String> trailers = wire.trailers();
      finish(call);
      call.events.add(new Ended(trailers));
    } catch (IOException e) {
      finish(call);
      call.events.add(new Dropped());
      throw e;
    }
    wire.status(wrongAnswers.getOrDefault("response", 202));
  }

  private void error(Wire wire, Call call, Map<String, String> headers) throws IOException {
    String body = new String(wire.body(headers), StandardCharsets.UTF_8);
    String type = headers.getOrDefault("lambda-runtime-function-error-type", "");
    finish(call);
    call.events.add(new Failure("error", type, body));
    wire.status(wrongAnswers.getOrDefault("error", 202));
  }

  private void finish(Call call) {
    call.state = CallState.DONE;
    inFlight.decrementAndGet();
  }

  private enum CallState {
    QUEUED,
    RUNNING,
    RESPONDING,
    DONE
  }

  /** What the server sees of one invocation, in order. */
  sealed interface Event {}

  /** One chunk of the transfer coding. */
  @SuppressWarnings("ArrayRecordComponent")
  record Chunk(byte[] bytes) implements Event {}

  /** The response's end, with the trailer lines as they came. */
  record Ended(List<String> trailers) implements Event {}

  /** An error report: path, type header, body. */
  record Failure(String path, String type, String json) implements Event {}

  /** The connection broke in the middle. */
  record Dropped() implements Event {}

  /** One invocation, from the side of Lambda. */
  static final class Call {

    static final String[][] REQUIRED_HEADERS = {
      {"content-type", "application/vnd.awslambda.http-integration-response"},
      {"lambda-runtime-function-response-mode", "streaming"},
      {"transfer-encoding", "chunked"},
      {"trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"}
    };

    final String id;
    private final byte[] event;
    private final List<String> headers;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile CallState state = CallState.QUEUED;
    private volatile @Nullable Wire wire;

    Call(String id, byte[] event, List<String> headers) {
      this.id = id;
      this.event = event;
      this.headers = headers;
    }

    Event take() throws InterruptedException {
      return assertNotNull0(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** Whether something has arrived that the test has not taken yet. */
    boolean hasMore() {
      return !events.isEmpty();
    }

    byte[] chunk() throws InterruptedException {
      return assertInstanceOf(Chunk.class, take()).bytes();
    }

    String text() throws InterruptedException {
      return new String(chunk(), StandardCharsets.UTF_8);
    }

    /** The prelude's JSON: the first chunk, without the 8 NULs that must end it. */
    String prelude() throws InterruptedException {
      String text = text();
      int json = text.length() - 8;
      assertEquals("\0".repeat(8), text.substring(json));
      return text.substring(0, json);
    }

    List<String> trailers() throws InterruptedException {
      return assertInstanceOf(Ended.class, take()).trailers();
    }

    Failure failure() throws InterruptedException {
      return assertInstanceOf(Failure.class, take());
    }

    /** Breaks the response's connection, with a reset. */
    void drop() throws IOException {
      Wire current = Objects.requireNonNull(wire);
      current.socket.setSoLinger(true, 0);
      current.socket.close();
    }
  }

  /** HTTP from the server's side. */
  private static final class Wire {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      this.out = socket.getOutputStream();
    }

    @Nullable String lineOrEnd() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          return null;
        }
        line.write(b);
      }
      String text = line.toString(StandardCharsets.UTF_8);
      assertTrue(text.endsWith("\r"), "a line ends with CR LF");
      return text.substring(0, text.length() - 1);
    }

    String line() throws IOException {
      String line = lineOrEnd();
      if (line == null) {
        throw new EOFException();
      }
      return line;
    }

    Map<String, String> headers() throws IOException {
      Map<String, String> headers = new LinkedHashMap<>();
      for (String line : trailers()) {
        int colon = line.indexOf(": ");
        headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
      }
      return headers;
    }

    List<String> trailers() throws IOException {
      List<String> lines = new ArrayList<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        lines.add(line);
      }
      return lines;
    }

    /** The next chunk; empty after the last one, whose trailers are still to be read. */
    byte[] chunk() throws IOException {
      byte[] bytes = exactly(Integer.parseInt(line(), 16));
      if (bytes.length > 0) {
        assertEquals("", line());
      }
      return bytes;
    }

    byte[] body(Map<String, String> headers) throws IOException {
      return exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }

    private byte[] exactly(int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException();
      }
      return bytes;
    }

    void status(int status) throws IOException {
      if (status == 0) {
        socket.close();
      } else {
        send("HTTP/1.1 " + status + " Whatever\r\nContent-Length: 2\r\n\r\n{}");
      }
    }

    void event(Call call, int chunkBytes) throws IOException {
      StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
      head.append("Lambda-Runtime-Aws-Request-Id: ").append(call.id).append("\r\n");
      head.append("lambda-runtime-deadline-ms: 1700000000123\r\n");
      head.append("Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:x:1:function:f:live\r\n");
      call.headers.forEach(header -> head.append(header).append("\r\n"));
      if (chunkBytes == 0) {
        send(head + "Content-Length: " + call.event.length + "\r\n\r\n");
        out.write(call.event);
      } else {
        send(head + "Transfer-Encoding: chunked\r\n\r\n");
        sendChunks(call.event, chunkBytes);
      }
    }

    private void sendChunks(byte[] event, int chunkBytes) throws IOException {
      for (int from = 0; from < event.length; from += chunkBytes) {
        int length = Math.min(chunkBytes, event.length - from);
        send(Integer.toHexString(length) + "\r\n");
        out.write(event, from, length);
        send("\r\n");
      }
      send("0\r\n\r\n");
    }

    private void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
