package dev.chatgate.bench.figures;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/** The Runtime API of the copies of one process, of which one runs at a time. */
final class RestoreApi implements AutoCloseable {
  private static final Duration LIFETIME = Duration.ofMinutes(1);
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final Pattern REQUEST_ID = Pattern.compile("\"x-request-id\":\"(req_\\w+)\"");
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private final HttpServer server = HttpServer.start(0, RestoreApi.this::handle);
  private final AtomicReference<Turn> turn = new AtomicReference<>(new Turn(new byte[0], 0));

  /**
   * A copy's answer.
   *
   * @param askedAt when the copy asked for the event, on the clock of {@link System#nanoTime()}
   * @param at when the answer's last byte had come, on the same
   * @param requestId its {@code x-request-id}
   */
  record Answered(long askedAt, long at, String requestId) {
    /** From the question to the answer's last byte. */
    Duration took() {
      return Duration.ofNanos(at - askedAt);
    }
  }

  /** One copy's time on the stage. */
  private static final class Turn {
    private final byte[] event;
    private final List<Answered> answers = new ArrayList<>();
    private final CompletableFuture<List<Answered>> all = new CompletableFuture<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private int left;
    private long askedAt;

    Turn(byte[] event, int times) {
      this.event = event;
      this.left = times;
    }

    synchronized Optional<byte[]> take() {
      if (left == 0) {
        return Optional.empty();
      }
      left--;
      askedAt = System.nanoTime();
      return Optional.of(event);
    }

    synchronized void answered(long at, String requestId) {
      answers.add(new Answered(askedAt, at, requestId));
      if (left == 0) {
        all.complete(List.copyOf(answers));
      }
    }
  }

  String address() {
    return "127.0.0.1:" + server.port();
  }

  /**
   * The next copy is given this event, so many times, one after the other. The copy before it is
   * asked for nothing any more.
   */
  CompletableFuture<List<Answered>> begin(byte[] event, int times) {
    var next = new Turn(event, times);
    turn.getAndSet(next).over.countDown();
    return next.all;
  }

  private void handle(Request request, Reply reply) throws IOException {
    var now = turn.get();
    if (request.path().endsWith("/restore/next")) {
      reply.send(200, JSON, new byte[0]);
    } else if (request.path().endsWith("/invocation/next")) {
      next(now, reply);
    } else {
      var body = request.bodyText(MAX_BODY_BYTES);
      long at = System.nanoTime();
      reply.send(202, JSON, "{\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_8));
      answered(now, at, body);
    }
  }

  private static void next(Turn now, Reply reply) throws IOException {
    var event = now.take();
    if (event.isEmpty()) {
      await(now.over);
      reply.cut();
      return;
    }
    long deadline = System.currentTimeMillis() + LIFETIME.toMillis();
    reply.send(
        200,
        Headers.of(
            "Content-Type", "application/json",
            "Lambda-Runtime-Aws-Request-Id", "first",
            "Lambda-Runtime-Deadline-Ms", Long.toString(deadline),
            "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:0:function:bench:live",
            "Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0"),
        event.get());
  }

  private static void await(CountDownLatch over) {
    try {
      boolean _ = over.await(LIFETIME.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answered(Turn now, long at, String body) {
    var id = REQUEST_ID.matcher(body);
    if (body.contains("\"statusCode\":200") && id.find()) {
      now.answered(at, id.group(1));
    } else {
      now.all.completeExceptionally(new IOException("the copy answered: " + body));
    }
  }

  @Override
  public void close() {
    turn.get().over.countDown();
    server.close();
  }
}
