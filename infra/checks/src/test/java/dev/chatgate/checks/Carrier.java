package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import dev.chatgate.local.lambda.Failure;
import dev.chatgate.local.lambda.InstancePool;
import dev.chatgate.local.lambda.LocalLambda;
import dev.chatgate.local.lambda.Receiver;
import dev.chatgate.local.template.FunctionDefinition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Runs deployed packages with their deployed environment, for a fake Lambda that can only forward
 * an event by HTTP and receive a complete answer. {@code POST /NAME} with an event invokes a
 * function.
 */
final class Carrier implements AutoCloseable {
  private static final int MAX_BYTES = 6_291_456;
  private static final Duration MAX_QUEUE = Duration.ofSeconds(30);

  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Map<String, InstancePool> functions = new ConcurrentHashMap<>();
  private final HttpServer server = HttpServer.start(0, this::handle);

  /** The URL prefix of a function; its name is appended. */
  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /**
   * Starts a function; one of the same name ends.
   *
   * @param name the function's name in the URL
   * @param configuration the function's configuration from Lambda
   * @param zip the function's package
   * @param awsEndpoint the endpoint of its AWS clients
   * @param providerUrl the provider's URL, which replaces the configured one because the template
   *     allows only https
   */
  void run(String name, JsonNode configuration, Path zip, String awsEndpoint, String providerUrl) {
    var environment = new HashMap<String, String>();
    configuration
        .at("/Environment/Variables")
        .properties()
        .forEach(variable -> environment.put(variable.getKey(), variable.getValue().asText()));
    environment.replace("UPSTREAM_BASE_URL", providerUrl);
    var definition =
        new FunctionDefinition(
            name,
            zip,
            configuration.get("Handler").asText(),
            Duration.ofSeconds(configuration.get("Timeout").asLong()),
            configuration.get("MemorySize").asInt(),
            environment,
            Optional.empty(),
            Optional.empty());
    var work = Repository.TARGET.resolve("carrier");
    var lambda = new LocalLambda(awsEndpoint, work, Clock.systemUTC(), log::add);
    var before = functions.put(name, lambda.pool(definition, 1, MAX_QUEUE));
    if (before != null) {
      before.close();
    }
  }

  /** The functions' output. */
  List<String> log() {
    return List.copyOf(log);
  }

  private void handle(Request request, Reply reply) throws IOException {
    var function = functions.get(request.path().substring(1));
    if (function == null) {
      reply.send(404, Headers.NONE, new byte[0]);
      return;
    }
    var answer = new Whole();
    function.invoke(request.bodyBytes(MAX_BYTES), answer);
    try {
      reply.send(200, Headers.NONE, answer.bytes.join());
    } catch (java.util.concurrent.CompletionException e) {
      reply.send(500, Headers.NONE, String.valueOf(e).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    server.close();
    functions.values().forEach(InstancePool::close);
  }

  /** The complete answer; that of a streaming function includes the prelude. */
  private static final class Whole implements Receiver {
    final CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    private final ByteArrayOutputStream streamed = new ByteArrayOutputStream();

    @Override
    public void answered(byte[] payload) {
      bytes.complete(payload);
    }

    @Override
    public void began(String contentType) {}

    @Override
    public synchronized void chunk(byte[] piece, int offset, int length) {
      streamed.write(piece, offset, length);
    }

    @Override
    public synchronized void ended() {
      bytes.complete(streamed.toByteArray());
    }

    @Override
    public void failed(Failure why) {
      bytes.completeExceptionally(new IllegalStateException(why.name()));
    }
  }
}
