package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Serves a folder as a web site with its own origin. A page and its test synchronize through named
 * marks: {@code POST /reached/NAME} sets one, {@code GET /until/NAME} waits for it. {@code POST
 * /client-secret} goes to the page's backend, if it has one.
 */
final class PageServer implements AutoCloseable {
  private static final long MAX_SECONDS = 60;
  private static final String REACHED = "/reached/";
  private static final String UNTIL = "/until/";
  private static final String BACKEND = "/client-secret";
  private static final Map<String, String> TYPES =
      Map.of("html", "text/html", "js", "text/javascript", "json", "application/json");

  private final Path folder;
  private final Map<String, CountDownLatch> marks = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile Optional<URI> backend = Optional.empty();

  /** Serves the folder on a free port. */
  PageServer(Path folder) {
    this.folder = folder;
    this.server = HttpServer.start(0, this::answer);
  }

  /** Sets the page's backend. */
  void backend(URI url) {
    backend = Optional.of(url);
  }

  /** The origin of the pages. */
  String origin() {
    return "http://127.0.0.1:" + server.port();
  }

  /** Sets a mark for the page. */
  void reach(String mark) {
    mark(mark).countDown();
  }

  /** Waits until a page has set a mark. */
  void await(String mark) throws InterruptedException {
    assertTrue(mark(mark).await(MAX_SECONDS, TimeUnit.SECONDS), () -> mark + " was not reached");
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }

  private CountDownLatch mark(String name) {
    return marks.computeIfAbsent(name, fresh -> new CountDownLatch(1));
  }

  private void answer(Request request, Reply reply) throws IOException {
    var path = request.path();
    if (path.startsWith(REACHED)) {
      reach(path.substring(REACHED.length()));
      reply.send(204, Headers.NONE, new byte[0]);
    } else if (path.startsWith(UNTIL)) {
      hold(path.substring(UNTIL.length()));
      reply.send(204, Headers.NONE, new byte[0]);
    } else if (path.equals(BACKEND) && backend.isPresent()) {
      forward(request, backend.get(), reply);
    } else {
      file(path.equals("/") ? "index.html" : path.substring(1), reply);
    }
  }

  private void forward(Request request, URI url, Reply reply) throws IOException {
    var forwarded =
        HttpRequest.newBuilder(url)
            .header("cookie", request.headers().first("cookie").orElse(""))
            .method(request.method(), HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      var answer = http.send(forwarded, HttpResponse.BodyHandlers.ofByteArray());
      var type = answer.headers().firstValue("content-type").orElse("");
      reply.send(answer.statusCode(), Headers.of("Content-Type", type), answer.body());
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private void hold(String mark) throws IOException {
    try {
      await(mark);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private void file(String name, Reply reply) throws IOException {
    var file = folder.resolve(name);
    if (name.contains("/") || !Files.isRegularFile(file)) {
      reply.send(404, Headers.NONE, new byte[0]);
      return;
    }
    var type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
    reply.send(200, Headers.of("Content-Type", type), Files.readAllBytes(file));
  }
}
