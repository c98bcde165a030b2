package dev.chatgate.local.e2e;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The Runtime API of one process, which gets one event. Under SnapStart it is held before that,
 * where its snapshot is taken, until the test restores it.
 */
final class HeldRuntimeApi implements AutoCloseable {
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private final HttpServer server = HttpServer.start(0, HeldRuntimeApi.this::handle);
  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CompletableFuture<Void> restored = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<byte[]> event = new CompletableFuture<>();
  private final CompletableFuture<String> answer = new CompletableFuture<>();
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  int port() {
    return server.port();
  }

  /** Returns when the process asks to be restored: this is where its snapshot is taken. */
  void awaitSnapshot() {
    get(asked);
  }

  /** Lets the process go on, as a restored copy does, and gives it its one event. */
  String restoreAndInvoke(String json) {
    restored.complete(null);
    return invoke(json);
  }

  /** Returns when the process asks for its event: its start is over. */
  void awaitReady() {
    get(ready);
  }

  /** Gives the process its one event. */
  String invoke(String json) {
    event.complete(json.getBytes(StandardCharsets.UTF_8));
    return get(answer);
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PackagedStack.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | InterruptedException | TimeoutException e) {
      throw new AssertionError("the process does not come so far", e);
    }
  }

  private void handle(Request request, Reply reply) throws IOException {
    String path = request.path();
    if (path.endsWith("/restore/next")) {
      asked.complete(null);
      get(restored);
      reply.send(200, JSON, new byte[0]);
    } else if (path.endsWith("/invocation/next") && !answer.isDone()) {
      ready.complete(null);
      next(reply);
    } else if (path.endsWith("/invocation/next")) {
      get(done);
      reply.cut();
    } else {
      report(path, request.bodyText(MAX_BODY_BYTES));
      reply.send(202, JSON, "{\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_8));
    }
  }

  private void report(String path, String body) {
    if (path.endsWith("/response")) {
      answer.complete(body);
    } else {
      var failure = new IOException(path + ": " + body);
      asked.completeExceptionally(failure);
      ready.completeExceptionally(failure);
      answer.completeExceptionally(failure);
    }
  }

  private void next(Reply reply) throws IOException {
    long deadline = Instant.now().plus(PackagedStack.PATIENCE).toEpochMilli();
    reply.send(
        200,
        Headers.of(
            "Content-Type", "application/json",
            "Lambda-Runtime-Aws-Request-Id", "first",
            "Lambda-Runtime-Deadline-Ms", Long.toString(deadline),
            "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:us-east-1:000000000000:function:f:live"),
        get(event));
  }

  @Override
  public void close() {
    done.complete(null);
    server.close();
  }
}
