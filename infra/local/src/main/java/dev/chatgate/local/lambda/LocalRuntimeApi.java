package dev.chatgate.local.lambda;

import dev.chatgate.local.http.BodyTooLargeException;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
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
final class LocalRuntimeApi implements AutoCloseable {
  /** Lambda's limit for a buffered response: 6 MB and a little for the envelope. */
  static final int MAX_RESPONSE_BYTES = 6_291_556;

  private static final String ROOT = "/2018-06-01/runtime/";
  private static final Headers JSON = Headers.of("Content-Type", "application/json");
  private static final int MAX_ERROR_BYTES = 1 << 20;

  private final HttpServer server;
  private final Environment environment;
  private final String functionArn;
  private final int concurrency;
  private final Map<String, PendingInvocation> outstanding = new ConcurrentHashMap<>();
  private final Map<PendingInvocation, Reply> streams = new ConcurrentHashMap<>();
  private volatile boolean initialised;

  /** Supplies the invocations and follows their states. */
  interface Environment {
    /**
     * Waits for the next invocation.
     *
     * @return empty if the instance is to be ended
     */
    Optional<PendingInvocation> next() throws InterruptedException;

    /** The instance reported a failed initialisation or restore. */
    void initFailed(String error);

    /** The instance is ready for a snapshot; here it is restored at once. */
    void restored();

    /** An invocation was given out; its time limit begins. */
    void began(PendingInvocation invocation);

    /** An invocation has its complete response or its error; once for each. */
    void ended(PendingInvocation invocation);
  }

  /**
   * @param environment supplies the invocations
   * @param functionArn for the invocation's context
   * @param concurrency maximum number of outstanding invocations
   */
  LocalRuntimeApi(Environment environment, String functionArn, int concurrency) {
    this.environment = environment;
    this.functionArn = functionArn;
    this.concurrency = concurrency;
    this.server = HttpServer.start(0, this::handle);
  }

  /** Host and port, as {@code AWS_LAMBDA_RUNTIME_API} names them. */
  String address() {
    return "127.0.0.1:" + server.port();
  }

  /** Fails every outstanding invocation. */
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
      Optional<PendingInvocation> next = environment.next();
      if (next.isPresent()) {
        give(next.get(), reply);
      } else {
        reply.cut();
      }
    } catch (InterruptedException e) {
      reply.cut();
    }
  }

  /**
   * Ends streams that the function has given up. While the client does not read, the function's
   * bytes are not read either, so the reset of the connection would go unnoticed.
   */
  private void endBrokenStreams() {
    streams.forEach((invocation, reply) -> {
      if (reply.isReset()) {
        end(invocation, Optional.of(Failure.CRASHED));
      }
    });
  }

  private void give(PendingInvocation invocation, Reply reply) throws IOException {
    outstanding.put(invocation.id(), invocation);
    environment.began(invocation);
    try {
      send(invocation, reply);
    } catch (IOException e) {
      end(invocation, Optional.of(Failure.CRASHED));
      throw e;
    }
  }

  private void send(PendingInvocation invocation, Reply reply) throws IOException {
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

  private static String traceId(PendingInvocation invocation) {
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
    Optional<PendingInvocation> invocation = respondable(id, reply);
    if (invocation.isPresent()) {
      request.bodyText(MAX_ERROR_BYTES);
      end(invocation.get(), Optional.of(Failure.FUNCTION_ERROR));
      accept(reply);
    }
  }

  private void respond(String id, Request request, Reply reply) throws IOException {
    Optional<PendingInvocation> invocation = respondable(id, reply);
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

  /** The outstanding invocation for a response; if there is none, the error has been sent. */
  private Optional<PendingInvocation> respondable(String id, Reply reply) throws IOException {
    PendingInvocation invocation = outstanding.get(id);
    if (invocation != null && invocation.respond()) {
      return Optional.of(invocation);
    }
    refuse(reply, 403, "InvalidStateTransition", "the invocation is not waiting for an answer");
    return Optional.empty();
  }

  private void buffer(PendingInvocation invocation, Request request, Reply reply)
      throws IOException {
    byte[] payload;
    try {
      payload = request.bodyBytes(MAX_RESPONSE_BYTES);
    } catch (BodyTooLargeException e) {
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

  private void stream(PendingInvocation invocation, Request request, Reply reply)
      throws IOException {
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

  private void end(PendingInvocation invocation, Optional<Failure> failure) {
    if (failure.isPresent()) {
      invocation.fail(failure.get());
    } else if (invocation.done()) {
      invocation.receiver().ended();
    }
    forget(invocation);
  }

  /**
   * Reports the end once, though a broken stream is found by two threads, and before {@code next}
   * can give out another invocation.
   */
  private void forget(PendingInvocation invocation) {
    streams.remove(invocation);
    outstanding.computeIfPresent(
        invocation.id(),
        (id, ended) -> {
          environment.ended(ended);
          return null;
        });
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
