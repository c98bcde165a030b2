package dev.chatgate.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A fake of Lambda's Runtime API for one function process, following its documentation. It checks
 * the order of calls: a call that Lambda refuses with 403 is refused in the same way and recorded
 * as a violation. {@link #close()} fails the test if there was a violation that the test did not
 * expect.
 *
 * <p>All times are {@link System#nanoTime} values.
 */
public final class RuntimeApiServer implements AutoCloseable {
  private static final String BASE = "/2018-06-01/runtime/";
  private static final Duration TIMEOUT = Duration.ofSeconds(130);
  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final String DEADLINE = "lambda-runtime-deadline-ms: ";

  /** The headers that a chunked response must have. */
  private static final Map<String, String> STREAMED =
      Map.of(
          "content-type", "application/vnd.awslambda.http-integration-response",
          "lambda-runtime-function-response-mode", "streaming",
          "transfer-encoding", "chunked",
          "trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body");

  private final LoopbackServer server;
  private final int concurrency;
  private final boolean snapStart;

  /**
   * Statuses to answer with instead of the correct ones, by path; 0 closes the connection without
   * an answer.
   */
  private final Map<String, Integer> wrongAnswers = new ConcurrentHashMap<>();

  // Guarded by this.
  private final Queue<Call> queue = new ArrayDeque<>();
  private final Map<String, Call> running = new HashMap<>();
  private final Deque<Failure> startFailures = new ArrayDeque<>();
  private final List<String> violations = new ArrayList<>();
  private int invoked;
  private int inFlight;
  private int asking;
  private long readyAt;
  private long frozenAt;
  private boolean nextAsked;
  private boolean restoreAsked;
  private boolean restored;
  private boolean closed;

  /** Whether a kept connection is closed after each answer to next, without announcing it. */
  public volatile boolean closesKeptConnections;

  /**
   * Size of the chunks in which events are sent, in bytes; 0 to send them with a content length.
   */
  public volatile int eventChunkBytes;

  /** How responses are read from now on; if null, completely and at once. */
  public volatile @Nullable Reader reader;

  /** Called after each chunk of a response. */
  @FunctionalInterface
  public interface Reader {
    void afterChunk() throws InterruptedException;
  }

  /** Starts a server for one invocation at a time, without a snapshot. */
  public RuntimeApiServer() {
    this(1, false);
  }

  /**
   * @param concurrency maximum number of concurrent invocations of the process
   * @param snapStart whether the process must call {@code restore/next} before its first invocation
   */
  public RuntimeApiServer(int concurrency, boolean snapStart) {
    this(concurrency, snapStart, 0);
  }

  private RuntimeApiServer(int concurrency, boolean snapStart, int port) {
    this.concurrency = concurrency;
    this.snapStart = snapStart;
    server = new LoopbackServer(ServerSocketFactory.getDefault(), port, this::serve);
  }

  /** Starts a server on the port of a closed one, for another copy of a snapshot. */
  public static RuntimeApiServer inPlaceOf(RuntimeApiServer closed) {
    return new RuntimeApiServer(closed.concurrency, closed.snapStart, closed.port());
  }

  /** The value for {@code AWS_LAMBDA_RUNTIME_API}. */
  public String address() {
    return "127.0.0.1:" + port();
  }

  /** The server's port. */
  public int port() {
    return server.port();
  }

  /** Number of connections accepted so far. */
  public int connections() {
    return server.connections();
  }

  /**
   * Sets a wrong answer for a path.
   *
   * @param path such as {@code invocation/next}, {@code response} or {@code error}
   * @param status 0 closes the connection without an answer
   */
  public void answerWrongly(String path, int status) {
    wrongAnswers.put(path, status);
  }

  /**
   * Queues an event for the next loop that calls next.
   *
   * @param headers header lines in addition to those that Lambda always sends; a deadline header in
   *     lower case replaces the default of 10 minutes from now
   */
  public synchronized Call invoke(byte[] event, String... headers) {
    Call call = new Call("request-" + invoked++, event, List.of(headers));
    running.put(call.id, call);
    queue.add(call);
    notifyAll();
    return call;
  }

  /** Queues an event given as text. */
  public Call invoke(String event, String... headers) {
    return invoke(event.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** Waits until a loop waits in next without an event, so that its last invocation is finished. */
  public void awaitIdle() throws InterruptedException {
    awaitIdle(1);
  }

  /** Waits until this number of loops wait in next without an event. */
  public void awaitIdle(int loops) throws InterruptedException {
    await(() -> asking - queue.size() >= loops, "the process does not ask for an invocation");
  }

  /** Waits until this number of calls was refused. */
  public void awaitViolations(int count) throws InterruptedException {
    await(() -> violations.size() >= count, "nothing was out of turn");
  }

  /** Waits until the process calls next for the first time; returns the time of that call. */
  public long awaitReady() throws InterruptedException {
    await(() -> nextAsked, "the process does not ask for its first invocation");
    synchronized (this) {
      return readyAt;
    }
  }

  /**
   * Waits until the process calls restore/next, which is when its snapshot is taken; returns the
   * time of that call.
   */
  public long awaitRestoreNext() throws InterruptedException {
    await(() -> restoreAsked, "the process does not ask to be restored");
    synchronized (this) {
      return frozenAt;
    }
  }

  /** Whether the process has called restore/next. */
  public synchronized boolean restoreNextAsked() {
    return restoreAsked;
  }

  /** Whether the process has called next. */
  public synchronized boolean nextAsked() {
    return nextAsked;
  }

  /** Answers the present or the next call of restore/next. */
  public synchronized void restore() {
    restored = true;
    notifyAll();
  }

  /** Waits for a report to init/error or restore/error and returns it. */
  public Failure startFailure() throws InterruptedException {
    await(() -> !startFailures.isEmpty(), "the process reports no failure");
    synchronized (this) {
      return startFailures.remove();
    }
  }

  /** Returns the violations so far and clears the list. */
  public synchronized List<String> takeViolations() {
    List<String> taken = List.copyOf(violations);
    violations.clear();
    return taken;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    server.close();
    var unexpected = takeViolations();
    if (!unexpected.isEmpty()) {
      throw new AssertionError("calls that Lambda would have refused: " + unexpected);
    }
  }

  private synchronized void await(BooleanSupplier condition, String otherwise)
      throws InterruptedException {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!condition.getAsBoolean()) {
      if (!startFailures.isEmpty()) {
        throw new AssertionError("the process reports " + startFailures.getFirst());
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (millis <= 0) {
        throw new AssertionError(otherwise);
      }
      wait(millis);
    }
  }

  private synchronized void violation(String what) {
    violations.add(what);
    notifyAll();
  }

  private void serve(Wire wire) throws IOException, InterruptedException {
    boolean more = true;
    while (more && wire.next()) {
      more = answer(wire, wire.request());
    }
  }

  /** Answers a request. Returns whether the connection is kept. */
  private boolean answer(Wire wire, Received request) throws IOException, InterruptedException {
    if (!request.path().startsWith(BASE)
        || request.header("host").isEmpty()
        || request.head().replace("\r\n", "").contains("\n")) {
      violation("malformed request " + request.head());
      return false;
    }
    String path = request.path().substring(BASE.length());
    Integer wrong = wrongAnswers.get(path);
    if (wrong != null && request.method().equals("GET")) {
      status(wire, wrong);
      return true;
    }
    return switch (request.method() + " " + path) {
      case "GET invocation/next" -> next(wire);
      case "GET restore/next" -> restoreNext(wire);
      case "POST init/error", "POST restore/error" -> startError(wire, path, request);
      default -> invocation(wire, path, request);
    };
  }

  private static void status(Wire wire, int status) throws IOException {
    if (status == 0) {
      wire.close();
    } else {
      wire.json(status, "{}");
    }
  }

  private boolean refuse(Wire wire, String what) throws IOException {
    violation(what + " out of turn");
    status(wire, 403);
    return true;
  }

  private boolean next(Wire wire) throws IOException, InterruptedException {
    Call call;
    synchronized (this) {
      if (!nextAsked) {
        nextAsked = true;
        readyAt = System.nanoTime();
      }
      if (inFlight >= concurrency || (snapStart && !restored)) {
        return refuse(wire, "next");
      }
      asking++;
      notifyAll();
      hold(() -> !queue.isEmpty());
      asking--;
      inFlight++;
      call = queue.remove();
      call.state = CallState.RUNNING;
    }
    send(wire, call);
    return !closesKeptConnections;
  }

  private synchronized void hold(BooleanSupplier until) throws IOException, InterruptedException {
    while (!until.getAsBoolean()) {
      if (closed) {
        throw new IOException("the server was closed");
      }
      wait();
    }
  }

  private void send(Wire wire, Call call) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
    head.append("Lambda-Runtime-Aws-Request-Id: ").append(call.id).append("\r\n");
    if (call.headers.stream().noneMatch(header -> header.startsWith(DEADLINE))) {
      long deadline = System.currentTimeMillis() + LIFETIME.toMillis();
      head.append(DEADLINE).append(deadline).append("\r\n");
    }
    head.append("Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:x:1:function:f:live\r\n");
    call.headers.forEach(header -> head.append(header).append("\r\n"));
    call.handedOutAt = System.nanoTime();
    if (eventChunkBytes == 0) {
      head.append("Content-Length: ").append(call.event.length).append("\r\n\r\n");
      wire.raw(joined(head.toString().getBytes(StandardCharsets.UTF_8), call.event));
    } else {
      wire.raw(head + "Transfer-Encoding: chunked\r\n\r\n")
          .chunks(call.event, eventChunkBytes)
          .endChunks();
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private boolean restoreNext(Wire wire) throws IOException, InterruptedException {
    synchronized (this) {
      if (!snapStart || restoreAsked || nextAsked) {
        return refuse(wire, "restore/next");
      }
      restoreAsked = true;
      frozenAt = System.nanoTime();
      notifyAll();
      hold(() -> restored);
    }
    status(wire, 200);
    return true;
  }

  private boolean startError(Wire wire, String path, Received request) throws IOException {
    synchronized (this) {
      boolean restoring = path.startsWith("restore");
      startFailures.add(new Failure(path, errorType(request), request.text()));
      notifyAll();
      if (nextAsked || restoring != restored) {
        return refuse(wire, path);
      }
    }
    status(wire, 202);
    return false;
  }

  private static String errorType(Received request) {
    return request.header("lambda-runtime-function-error-type");
  }

  private boolean invocation(Wire wire, String path, Received request)
      throws IOException, InterruptedException {
    String[] parts = path.split("/", -1);
    boolean known = parts.length == 3 && parts[0].equals("invocation");
    Call call = known ? running(parts[1]) : null;
    if (call == null) {
      refuse(wire, path);
      return false;
    }
    if (parts[2].equals("response")) {
      response(wire, call, request);
    } else if (parts[2].equals("error")) {
      finish(call, new Failure("error", errorType(request), request.text()));
      status(wire, wrongAnswers.getOrDefault("error", 202));
    } else {
      violation("unknown path " + path);
    }
    return !request.header("connection").equals("close");
  }

  private synchronized @Nullable Call running(String id) {
    Call call = running.get(id);
    return call != null && call.state == CallState.RUNNING ? call : null;
  }

  private void response(Wire wire, Call call, Received request)
      throws IOException, InterruptedException {
    call.state = CallState.RESPONDING;
    call.wire = wire;
    if (request.header("content-length").isEmpty()) {
      streamed(wire, call, request);
    } else {
      call.events.add(new Chunk(request.body(), System.nanoTime()));
      finish(call, new Ended(List.of(), System.nanoTime()));
    }
    status(wire, wrongAnswers.getOrDefault("response", 202));
  }

  private void streamed(Wire wire, Call call, Received request)
      throws IOException, InterruptedException {
    STREAMED.forEach((name, value) -> {
      if (!value.equals(request.header(name))) {
        violation("response without " + name + ": " + value);
      }
    });
    try {
      for (byte[] chunk = wire.readChunk(); chunk.length > 0; chunk = wire.readChunk()) {
        call.events.add(new Chunk(chunk, System.nanoTime()));
        Reader slow = reader;
        if (slow != null) {
          slow.afterChunk();
        }
      }
      List<String> trailers = wire.readLines();
      finish(call, new Ended(trailers, System.nanoTime()));
    } catch (IOException e) {
      finish(call, new Dropped());
      throw e;
    }
  }

  private synchronized void finish(Call call, Event last) {
    running.remove(call.id);
    inFlight--;
    call.events.add(last);
  }

  private enum CallState {
    QUEUED,
    RUNNING,
    RESPONDING
  }

  /** What the server receives for one invocation, in order. */
  public sealed interface Event {}

  /**
   * One chunk of the transfer coding, or a complete response with a content length.
   *
   * @param at when it was received completely
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Chunk(byte[] bytes, long at) implements Event {}

  /**
   * The response's end.
   *
   * @param trailers the trailer lines
   * @param at when it was received
   */
  public record Ended(List<String> trailers, long at) implements Event {}

  /**
   * An error report.
   *
   * @param path {@code error}, {@code init/error} or {@code restore/error}
   * @param type the header {@code Lambda-Runtime-Function-Error-Type}
   * @param json the body
   */
  public record Failure(String path, String type, String json) implements Event {}

  /** The connection broke during the response. */
  public record Dropped() implements Event {}

  /**
   * A complete response.
   *
   * @param handedOutAt when the event was sent to the process
   * @param endedAt when the response's last byte was received
   */
  public record Response(long handedOutAt, long endedAt, List<Chunk> chunks) {
    /** The response as text, including the prelude of a streamed one. */
    public String text() {
      var bytes = new ByteArrayOutputStream();
      chunks.forEach(chunk -> bytes.writeBytes(chunk.bytes()));
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  /** One invocation as Lambda sees it. */
  public static final class Call {
    private final String id;
    private final byte[] event;
    private final List<String> headers;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile CallState state = CallState.QUEUED;
    private volatile long handedOutAt;
    private volatile @Nullable Wire wire;

    private Call(String id, byte[] event, List<String> headers) {
      this.id = id;
      this.event = event;
      this.headers = headers;
    }

    /** The invocation's request id. */
    public String id() {
      return id;
    }

    /** Waits for the next event of the response. */
    public Event take() throws InterruptedException {
      Event next = events.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came of " + id);
      }
      return next;
    }

    private <E extends Event> E take(Class<E> kind) throws InterruptedException {
      Event next = take();
      if (!kind.isInstance(next)) {
        throw new AssertionError("expected " + kind.getSimpleName() + ", but " + next + " came");
      }
      return kind.cast(next);
    }

    /** Whether an event has arrived that was not taken yet. */
    public boolean hasMore() {
      return !events.isEmpty();
    }

    /** The next event, which must be a chunk. */
    public byte[] chunk() throws InterruptedException {
      return take(Chunk.class).bytes();
    }

    /** The next event, which must be a chunk, as text. */
    public String text() throws InterruptedException {
      return new String(chunk(), StandardCharsets.UTF_8);
    }

    /** The prelude's JSON, which is the first chunk without the 8 NUL bytes at its end. */
    public String prelude() throws InterruptedException {
      String text = text();
      if (!text.endsWith("\0".repeat(8))) {
        throw new AssertionError("no prelude: " + text);
      }
      return text.substring(0, text.length() - 8);
    }

    /** The trailers of the response's end, which must come next. */
    public List<String> trailers() throws InterruptedException {
      return take(Ended.class).trailers();
    }

    /** The error report that must come next. */
    public Failure failure() throws InterruptedException {
      return take(Failure.class);
    }

    /** Waits for the end of the response, which must be successful, and returns all of it. */
    public Response response() throws InterruptedException {
      var chunks = new ArrayList<Chunk>();
      while (true) {
        switch (take()) {
          case Chunk chunk -> chunks.add(chunk);
          case Ended ended when ended.trailers().isEmpty() -> {
            return new Response(handedOutAt, ended.at(), chunks);
          }
          case Event failure -> throw new AssertionError(id + " ended with " + failure);
        }
      }
    }

    /** Resets the response's connection. */
    public void drop() throws IOException {
      Wire current = wire;
      if (current == null) {
        throw new IllegalStateException("no response has begun");
      }
      current.reset();
    }
  }
}
