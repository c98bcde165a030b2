package dev.chatgate.local.e2e;

import dev.chatgate.local.aws.AwsEndpoint;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stands between a function and all that it talks to, and remembers every request: AWS's go on to
 * the stack's own, credentials and the provider's answer come from here.
 */
final class WatchedBackends implements AutoCloseable {
  /** The access key that the credentials endpoint gives out. */
  static final String ACCESS_KEY = "AKIDAFTERRESTORE";

  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final Headers JSON = Headers.of("Content-Type", "application/json");
  private static final String ANSWER =
      """
      {"id":"1","object":"chat.completion","created":1,"model":"local/chat","choices":[{"index":0,\
      "message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\
      """;

  private final URI aws;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final HttpServer server = HttpServer.start(0, WatchedBackends.this::handle);

  /** A request: the operation or the path, and who signed it. */
  record Seen(String what, String authorization) {}

  WatchedBackends(String aws) {
    this.aws = URI.create(aws);
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** Every request so far. */
  List<Seen> seen() {
    return List.copyOf(seen);
  }

  private void handle(Request request, Reply reply) throws IOException {
    var target = request.headers().first("X-Amz-Target").orElse("");
    var authorization = request.headers().first("Authorization").orElse("");
    seen.add(new Seen(target.isEmpty() ? request.path() : target, authorization));
    if (request.path().equals(AwsEndpoint.CREDENTIALS_PATH)) {
      reply.send(200, JSON, credentials().getBytes(StandardCharsets.UTF_8));
    } else if (target.isEmpty()) {
      reply.send(200, JSON, ANSWER.getBytes(StandardCharsets.UTF_8));
    } else {
      forward(request, target, authorization, reply);
    }
  }

  private static String credentials() {
    return """
    {"AccessKeyId":"%s","SecretAccessKey":"secret","Token":"token","Expiration":"%s"}\
    """
        .formatted(ACCESS_KEY, Instant.now().plus(Duration.ofHours(1)));
  }

  private void forward(Request request, String target, String authorization, Reply reply)
      throws IOException {
    try {
      var answer =
          http.send(
              HttpRequest.newBuilder(aws)
                  .header("X-Amz-Target", target)
                  .header("Authorization", authorization)
                  .header("Content-Type", "application/x-amz-json-1.0")
                  .POST(BodyPublishers.ofByteArray(request.bodyBytes(MAX_BODY_BYTES)))
                  .build(),
              BodyHandlers.ofByteArray());
      reply.send(answer.statusCode(), JSON, answer.body());
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }
}
