package dev.chatgate.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * AWS services with scripted answers. A call is a method with its path and query, or the {@code
 * Action} of a query API. A call without an answer is not allowed (HTTP 403).
 */
final class ScriptedAws implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  private record Answer(int status, String body) {}

  /**
   * A call.
   *
   * @param name its method, path and query, or its action
   * @param body its body, decoded if it is a form
   * @param authorization the header with the signature
   */
  record Call(String name, String body, String authorization) {}

  ScriptedAws() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException("the scripted AWS does not start", e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean isForm = exchange.getRequestMethod().equals("POST");
    var text = isForm ? URLDecoder.decode(body, StandardCharsets.UTF_8) : body;
    var name =
        isForm
            ? text.replaceFirst("^(?:.*&)?Action=(\\w+).*$", "$1")
            : exchange.getRequestMethod() + " " + exchange.getRequestURI();
    calls.add(
        new Call(
            name, text, String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
    var answer = answers.getOrDefault(name, new Answer(403, "{\"Message\":\"not authorized\"}"));
    if (answer.status() > 0) {
      var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  /** From now on, a call has this answer. */
  void answers(String call, int status, String body) {
    answers.put(call, new Answer(status, body));
  }

  /** From now on, the connection of a call ends without an answer. */
  void hangsUp(String call) {
    answers(call, 0, "");
  }

  /** From now on, no call is allowed. */
  void forget() {
    answers.clear();
    calls.clear();
  }

  List<Call> calls() {
    return calls;
  }

  /** The names of the calls, each once for each time that it was made. */
  List<String> names() {
    return calls.stream().map(Call::name).toList();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
