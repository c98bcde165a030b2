package dev.chatgate.local.lambda;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import dev.chatgate.local.http.TooLargeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Runtime API of one instance, on a port of its own, with the states that Lambda enforces: an
 * invocation takes one response or one error, an error only before the response begins, and nothing
 * that is not outstanding takes either.
 */
final class RuntimeApi implements AutoCloseable {
  /** Lambda's limit for a buffered response: 6 MB and a little for the envelope. */
  static final int MAX_RESPONSE_BYTES = 6_291_556;

  private static final String ROOT = "/2018-06-01/runtime/";
  private static final Headers JSON = Headers.of("Content-Type", "application/json");
  private static final int MAX_ERROR_BYTES = 1 << 20;

  private final HttpServer server;
  private final Environment environment;
  private final String functionArn;
  private final int concurrency;
  private final Map<String, Invocation> outstanding = new ConcurrentHashMap<>();
  private final Map<Invocation, Reply> streams = new ConcurrentHashMap<>();
  private volatile boolean initialised;

  /** What lies around an instance. */
  interface Environment {
    /**
     * The next invocation, after however long it takes.
     *
     * @return empty if the instance is to end
     */
    Optional<Invocation> next() throws InterruptedException;

    /** The instance could not be initialised, or restored. */
    void initFailed(String error);

    /** The instance asks to be restored from a snapshot, which here is at once. */
    void restored();

    /** An invocation was given out, and may take until its deadline. */
    void began(Invocation invocation);

    /** An invocation has its whole response or its error. */
    void ended(Invocation invocation);
  }

  /**
   * @param environment gives invocations out and hears of their ends
   * @param functionArn what the context names
   * @param concurrency how many invocations may be outstanding at once
   */
  RuntimeApi(Environment environment, String functionArn, int concurrency) {
    this.environment = environment;
    this.functionArn = functionArn;
    this.concurrency = concurrency;
    this.server = HttpServer.start(0, this::handle);
  }

  /** Host and port, as {@code AWS_LAMBDA_RUNTIME_API} names them. */
  String address() {
    return "127.0.0.1:" + server.port();
  }

  /** Ends every outstanding invocation without an answer. */
  void failOutstanding(Failure why) {
    outstanding.values().forEach(invocation -> invocation.fail(why));
    outstanding.clear();
  }

  @Override
  public void close() {
    server.close();
  }

  private void handle(Request request, Reply reply) throws IOException {
    String path = request.path();
    String call = path.startsWith(ROOT) ? path.substring(ROOT.length()) : "";
    String[] parts = call.split("/", -1);
    switch (request.method() + " " + (parts.length == 3 ? parts[0] + "/*/" + parts[2] : call)) {
      case "GET invocation/next" -> next(reply);
      case "GET restore/next" -> {
        environment.restored();
        reply.send(200, JSON, new byte[0]);
      }
      case "POST init/error", "POST restore/error" -> initError(request, reply);
      case "POST invocation/*/response" -> respond(parts[1], request, reply);
      case "POST invocation/*/error" -> error(parts[1], request, reply);
      default -> refuse(reply, 404, "NotFound", "there is no such call");
    }
  }

  private void next(Reply reply) throws IOException {
    initialised = true;
    if (outstanding.size() >= concurrency) {
      endBrokenStreams();
    }
    if (outstanding.size() >= concurrency) {
      refuse(reply, 403, "InvalidStateTransition", "an invocation is outstanding");
      return;
    }
    try {
      Optional<Invocation> next = environment.next();
      if (next.isPresent()) {
        give(next.get(), reply);
      } else {
        reply.cut();
      }
    } catch (InterruptedException e) {
      reply.cut();
    }
  }

  /** A client that does not read also keeps from being read that the function has given it up. */
  private void endBrokenStreams() {
    streams.forEach((invocation, reply) -> {
      if (reply.isReset()) {
        end(invocation, Optional.of(Failure.CRASHED));
      }
    });
  }

  private void give(Invocation invocation, Reply reply) throws IOException {
    outstanding.put(invocation.id(), invocation);
    environment.began(invocation);
    try {
      send(invocation, reply);
    } catch (IOException e) {
      end(invocation, Optional.of(Failure.CRASHED));
      throw e;
    }
  }

  private void send(Invocation invocation, Reply reply) throws IOException {
    reply.send(
        200,
        Headers.of(
            "Content-Type", "application/json",
            "Lambda-Runtime-Aws-Request-Id", invocation.id(),
            "Lambda-Runtime-Deadline-Ms", Long.toString(invocation.deadline().toEpochMilli()),
            "Lambda-Runtime-Invoked-Function-Arn", functionArn,
            "Lambda-Runtime-Trace-Id", traceId(invocation)),
        invocation.event());
  }

  private static String traceId(Invocation invocation) {
    String hex = invocation.id().replace("-", "");
    return "Root=1-%s-%s;Parent=%s;Sampled=0"
        .formatted(hex.substring(0, 8), hex.substring(8, 32), hex.substring(0, 16));
  }

  private void initError(Request request, Reply reply) throws IOException {
    if (initialised) {
      refuse(reply, 403, "InvalidStateTransition", "initialisation is over");
      return;
    }
    environment.initFailed(request.bodyText(MAX_ERROR_BYTES));
    accept(reply);
  }

  private void error(String id, Request request, Reply reply) throws IOException {
    Optional<Invocation> invocation = respondable(id, reply);
    if (invocation.isPresent()) {
      request.bodyText(MAX_ERROR_BYTES);
      end(invocation.get(), Optional.of(Failure.FUNCTION_ERROR));
      accept(reply);
    }
  }

  private void respond(String id, Request request, Reply reply) throws IOException {
    Optional<Invocation> invocation = respondable(id, reply);
    if (invocation.isPresent()) {
      boolean streaming =
          request
              .headers()
              .first("Lambda-Runtime-Function-Response-Mode")
              .filter("streaming"::equalsIgnoreCase)
              .isPresent();
      if (streaming) {
        stream(invocation.get(), request, reply);
      } else {
        buffer(invocation.get(), request, reply);
      }
    }
  }

  /** The outstanding invocation whose response begins now; otherwise the refusal is out. */
  private Optional<Invocation> respondable(String id, Reply reply) throws IOException {
    Invocation invocation = outstanding.get(id);
    if (invocation != null && invocation.respond()) {
      return Optional.of(invocation);
    }
    refuse(reply, 403, "InvalidStateTransition", "the invocation is not waiting for an answer");
    return Optional.empty();
  }

  private void buffer(Invocation invocation, Request request, Reply reply) throws IOException {
    byte[] payload;
    try {
      payload = request.bodyBytes(MAX_RESPONSE_BYTES);
    } catch (TooLargeException e) {
      end(invocation, Optional.of(Failure.RESPONSE_TOO_LARGE));
      String limit = "Exceeded maximum allowed payload size (" + MAX_RESPONSE_BYTES + " bytes).";
      refuse(reply, 413, "RequestEntityTooLarge", limit);
      return;
    }
    if (invocation.done()) {
      invocation.receiver().answered(payload);
    }
    forget(invocation);
    accept(reply);
  }

  private void stream(Invocation invocation, Request request, Reply reply) throws IOException {
    streams.put(invocation, reply);
    Receiver receiver = invocation.receiver();
    receiver.began(request.headers().first("Content-Type").orElse(""));
    try {
      InputStream body = request.body();
      var buffer = new byte[65_536];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        receiver.chunk(buffer, 0, n);
      }
    } catch (IOException e) {
      end(invocation, Optional.of(Failure.CRASHED));
      throw e;
    }
    boolean failed = request.trailers().first("Lambda-Runtime-Function-Error-Type").isPresent();
    end(invocation, failed ? Optional.of(Failure.FUNCTION_ERROR) : Optional.empty());
    accept(reply);
  }

  private void end(Invocation invocation, Optional<Failure> failure) {
    if (failure.isPresent()) {
      invocation.fail(failure.get());
    } else if (invocation.done()) {
      invocation.receiver().ended();
    }
    forget(invocation);
  }

  private void forget(Invocation invocation) {
    outstanding.remove(invocation.id());
    streams.remove(invocation);
    environment.ended(invocation);
  }

  private static void accept(Reply reply) throws IOException {
    reply.send(202, JSON, "{\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_8));
  }

  private static void refuse(Reply reply, int status, String type, String message)
      throws IOException {
    String body = "{\"errorType\":\"%s\",\"errorMessage\":\"%s\"}".formatted(type, message);
    reply.send(status, JSON, body.getBytes(StandardCharsets.UTF_8));
  }
}
