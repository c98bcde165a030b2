package dev.chatgate.streaming;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Client of Lambda's Runtime API (version 2018-06-01), for one loop. Not thread-safe. {@code next}
 * reuses its connection; every answer and error report opens a new one, which Lambda closes.
 */
final class RuntimeApi {

  static final String INIT_ERROR = "init/error";
  static final String RESTORE_ERROR = "restore/error";

  private static final String BASE = " /2018-06-01/runtime/";
  private static final String VERSION = " HTTP/1.1";
  private static final String USER_AGENT = "User-Agent: chatgate-streaming";

  private final Connector connector;
  private final WriteBuffer frame = new WriteBuffer();
  private @Nullable Connection idle;

  RuntimeApi(Connector connector) {
    this.connector = connector;
  }

  /** The buffer in which this loop's requests are assembled. */
  WriteBuffer frame() {
    return frame;
  }

  Connection open() throws IOException {
    return connector.open();
  }

  /** Blocks until there is an invocation. */
  Invocation next() throws IOException {
    RuntimeApiResponse reply = get("invocation/next");
    return new Invocation(context(reply), reply.body());
  }

  /**
   * Blocks until the snapshot is restored; then closes the connection, which the snapshot
   * contained.
   */
  void restoreNext() throws IOException {
    get("restore/next");
    close();
  }

  /**
   * Writes the request head of a streamed response to the frame; the caller adds chunks and sends
   * it.
   */
  void beginResponse(String requestId) {
    frame
        .text("POST")
        .text(BASE)
        .text("invocation/")
        .text(requestId)
        .text("/response")
        .line(VERSION);
    host()
        .line("Content-Type: application/vnd.awslambda.http-integration-response")
        .line("Lambda-Runtime-Function-Response-Mode: streaming")
        .line("Transfer-Encoding: chunked")
        .line("Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
        .line("");
  }

  /** Reports that an invocation failed before its response began; returns the status. */
  int postInvocationError(String requestId, ErrorReport report) throws IOException {
    frame.text("POST").text(BASE).text("invocation/").text(requestId).text("/error").line(VERSION);
    return post(report);
  }

  /**
   * Reports that the function cannot start ({@link #INIT_ERROR}) or go on after a restore ({@link
   * #RESTORE_ERROR}).
   */
  int postError(String path, ErrorReport report) throws IOException {
    frame.text("POST").text(BASE).text(path).line(VERSION);
    return post(report);
  }

  private int post(ErrorReport report) throws IOException {
    host().line("Content-Type: application/json").line("Connection: close");
    frame.text("Lambda-Runtime-Function-Error-Type: ").line(report.type());
    frame.text("Content-Length: ").line(Integer.toString(report.json().length)).line("");
    frame.bytes(report.json(), 0, report.json().length);
    try (Connection connection = connector.open()) {
      connection.send(frame);
      return connection.receive().status();
    } finally {
      frame.clear();
    }
  }

  private RuntimeApiResponse get(String path) throws IOException {
    Connection kept = idle;
    idle = null;
    if (kept == null || !tryRequest(kept, path)) {
      kept = connector.open();
      request(kept, path);
    }
    RuntimeApiResponse reply = receive(kept);
    if (reply.status() != 200) {
      throw new RuntimeApiException(path, reply.status());
    }
    return reply;
  }

  /**
   * Sends the request over the connection of the previous one. Returns false if the server has
   * closed it meanwhile; the request may then be repeated, because no byte of an answer came.
   */
  private boolean tryRequest(Connection kept, String path) {
    try {
      request(kept, path);
      if (kept.awaitReply()) {
        return true;
      }
    } catch (IOException e) {
      frame.clear();
    }
    kept.close();
    return false;
  }

  private void request(Connection connection, String path) throws IOException {
    frame.text("GET").text(BASE).text(path).line(VERSION);
    host().line("");
    connection.send(frame);
  }

  private RuntimeApiResponse receive(Connection connection) throws IOException {
    try {
      RuntimeApiResponse reply = connection.receive();
      idle = connection.reusable() ? connection : null;
      return reply;
    } finally {
      if (idle == null) {
        connection.close();
      }
    }
  }

  private WriteBuffer host() {
    return frame.text("Host: ").line(connector.host()).line(USER_AGENT);
  }

  /** Closes the idle connection, if there is one. */
  void close() {
    if (idle != null) {
      idle.close();
      idle = null;
    }
  }

  private static InvocationContext context(RuntimeApiResponse reply) throws IOException {
    return new InvocationContext(
        reply.required("Lambda-Runtime-Aws-Request-Id"),
        deadline(reply.required("Lambda-Runtime-Deadline-Ms")),
        Optional.ofNullable(reply.header("Lambda-Runtime-Invoked-Function-Arn")).orElse(""),
        Optional.ofNullable(reply.header("Lambda-Runtime-Trace-Id")),
        Optional.ofNullable(reply.header("Lambda-Runtime-Client-Context")),
        Optional.ofNullable(reply.header("Lambda-Runtime-Cognito-Identity")));
  }

  private static Instant deadline(String epochMillis) throws IOException {
    try {
      return Instant.ofEpochMilli(Long.parseLong(epochMillis));
    } catch (NumberFormatException e) {
      throw new IOException("The Runtime API sent a deadline that is not a number", e);
    }
  }
}
