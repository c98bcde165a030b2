package dev.chatgate.bench.figures;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** The Runtime API of one function process, which takes the time of all that goes through it. */
final class RuntimeApi implements AutoCloseable {
  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(130);
  private static final Duration A_MOMENT = Duration.ofNanos(50_000);
  private static final Pattern NUMBERED = Pattern.compile("\"content\":\"(\\d+) \"");
  private static final int MOST_NUMBER_DIGITS = 64;
  private static final byte[] ACCEPTED = "{\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_8);
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private final HttpServer server = HttpServer.start(0, RuntimeApi.this::handle);
  private final BlockingQueue<Call> waiting = new LinkedBlockingQueue<>();
  private final Map<String, Call> out = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final AtomicInteger asking = new AtomicInteger();
  private final CompletableFuture<Long> ready = new CompletableFuture<>();
  private final CompletableFuture<Long> frozen = new CompletableFuture<>();
  private final CountDownLatch restored = new CountDownLatch(1);

  private static final class Call {
    private final byte[] event;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile long handedOutAt;

    Call(byte[] event) {
      this.event = event;
    }
  }

  String address() {
    return "127.0.0.1:" + server.port();
  }

  /** When the process first asked for an invocation. */
  long readyAt() throws InterruptedException {
    return within(ready);
  }

  /** When the process asked to be restored: it is ready for its snapshot then, and waits. */
  long frozenAt() throws InterruptedException {
    return within(frozen);
  }

  /**
   * Lets a process that waits for it go on, as after a restore, until it asks for its first call.
   */
  void restore() throws InterruptedException {
    within(frozen);
    restored.countDown();
    awaitAsking();
  }

  /** Gives an event out and waits for the whole answer. */
  Answer call(byte[] event) throws InterruptedException {
    return within(begin(event));
  }

  /** Waits until the process asks for its next invocation: what followed the last one is over. */
  void awaitAsking() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (asking.get() == 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the function does not ask for the next invocation");
      }
      Thread.sleep(A_MOMENT);
    }
  }

  /** Gives an event out. */
  CompletableFuture<Answer> begin(byte[] event) {
    var call = new Call(event);
    waiting.add(call);
    return call.answer;
  }

  static <T> T within(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the function does not answer", e);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  private void handle(Request request, Reply reply) throws IOException {
    var path = request.path();
    if (path.endsWith("/restore/next")) {
      frozen.complete(System.nanoTime());
      awaitRestore();
      reply.send(200, JSON, new byte[0]);
    } else if (path.endsWith("/invocation/next")) {
      next(reply);
    } else if (path.endsWith("/response")) {
      var parts = path.split("/", -1);
      response(parts[parts.length - 2], request, reply);
    } else {
      ready.completeExceptionally(new IOException("the function reports an error at " + path));
      reply.send(202, JSON, ACCEPTED);
    }
  }

  private void awaitRestore() {
    try {
      boolean _ = restored.await(LIFETIME.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(Reply reply) throws IOException {
    ready.complete(System.nanoTime());
    asking.incrementAndGet();
    try {
      var call = waiting.poll(LIFETIME.toSeconds(), TimeUnit.SECONDS);
      asking.decrementAndGet();
      if (call == null) {
        reply.cut();
        return;
      }
      var id = "call-" + ids.incrementAndGet();
      out.put(id, call);
      var headers =
          Headers.of(
              "Content-Type",
              "application/json",
              "Lambda-Runtime-Aws-Request-Id",
              id,
              "Lambda-Runtime-Deadline-Ms",
              Long.toString(System.currentTimeMillis() + LIFETIME.toMillis()),
              "Lambda-Runtime-Invoked-Function-Arn",
              "arn:aws:lambda:us-east-1:0:function:bench:live",
              "Lambda-Runtime-Trace-Id",
              "Root=1-00000000-000000000000000000000000;Sampled=0");
      call.handedOutAt = System.nanoTime();
      reply.send(200, headers, call.event);
    } catch (InterruptedException e) {
      reply.cut();
    }
  }

  private void response(String id, Request request, Reply reply) throws IOException {
    var call = out.remove(id);
    if (call == null) {
      reply.send(403, JSON, ACCEPTED);
      return;
    }
    var reader = new Reader(request.body());
    reader.readAll();
    long last = System.nanoTime();
    reply.send(202, JSON, ACCEPTED);
    call.answer.complete(new Answer(call.handedOutAt, last, reader.events, reader.ok));
  }

  /** Reads a response and notes when its numbered events came. */
  private static final class Reader {
    private final InputStream body;
    private final Map<Long, Long> events = new HashMap<>();
    private boolean begun;
    private boolean ok;
    private String tail = "";

    Reader(InputStream body) {
      this.body = body;
    }

    void readAll() throws IOException {
      var buffer = new byte[65_536];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        long at = System.nanoTime();
        var text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
        if (!begun) {
          begun = true;
          ok = text.contains("\"statusCode\":200");
          if (!ok) {
            System.err.println(text);
          }
        }
        note(tail + text, at);
      }
    }

    private void note(String text, long at) {
      var matcher = NUMBERED.matcher(text);
      int end = 0;
      while (matcher.find()) {
        events.put(Long.valueOf(matcher.group(1)), at);
        end = matcher.end();
      }
      tail = text.substring(Math.max(end, text.length() - MOST_NUMBER_DIGITS));
    }
  }
}
