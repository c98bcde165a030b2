package dev.chatgate.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A door that answers every call in the same way, and keeps the calls. */
final class FakeDoor implements AutoCloseable {
  static final String STREAM =
      """
      data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}],"usage":null}

      data: {"choices":[{"index":0,"delta":{"content":" there,\\nyou\\u001b!"},"finish_reason":null}]}

      data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}

      data: [DONE]

      """;

  static final String WHOLE =
      """
      {"choices":[{"index":0,"message":{"role":"assistant","content":"Hello in one piece"}}],
       "usage":{"prompt_tokens":12,"completion_tokens":4}}
      """;

  static final String LIMIT =
      """
      {"error":{"message":"Too many requests.","type":"requests","param":null,\
      "code":"rate_limit_exceeded"}}
      """;

  private final HttpServer server;
  private final List<Call> calls = new ArrayList<>();
  private String requestId = "req_0123456789abcdefghijklmn";
  private int status = 200;
  private String answer = STREAM;
  private Runnable meanwhile = () -> {};

  /**
   * A call.
   *
   * @param path its path
   * @param authorization the header with the key
   * @param endUser the header with the end user, or {@code null} as text
   * @param body its body
   */
  record Call(String path, String authorization, String endUser, String body) {}

  FakeDoor() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException("the fake door does not start", e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    calls.add(
        new Call(
            exchange.getRequestURI().toString(),
            String.valueOf(headers.getFirst("Authorization")),
            String.valueOf(headers.getFirst("x-chatgate-end-user")),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    meanwhile.run();
    var bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("x-request-id", requestId);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** From now on, this is the answer. */
  void answers(int httpStatus, String body) {
    status = httpStatus;
    answer = body;
  }

  /** From now on, answers have this {@code x-request-id}. */
  void requestId(String id) {
    requestId = id;
  }

  /** From now on, this is done before each answer. */
  void meanwhile(Runnable action) {
    meanwhile = action;
  }

  List<Call> calls() {
    return calls;
  }

  String port() {
    return Integer.toString(server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
