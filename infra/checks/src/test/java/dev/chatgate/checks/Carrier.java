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
 * Runs deployed packages, with the environment that they were deployed with, for a Lambda that can
 * only pass an event on by HTTP and take the whole answer: {@code POST /NAME} with the event.
 */
final class Carrier implements AutoCloseable {
  private static final int MAX_BYTES = 6_291_456;
  private static final Duration MAX_QUEUE = Duration.ofSeconds(30);

  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Map<String, InstancePool> functions = new ConcurrentHashMap<>();
  private final HttpServer server = HttpServer.start(0, this::handle);

  /** What a name is put behind to be called. */
  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /**
   * Takes a function on.
   *
   * @param name by which it is called
   * @param configuration what Lambda says of it
   * @param zip its package
   * @param awsEndpoint where its AWS clients are pointed
   * @param providerUrl what it calls as its provider, whatever the configuration says: the template
   *     takes only https
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
    functions.put(name, lambda.pool(definition, 1, MAX_QUEUE));
  }

  /** What the functions have printed. */
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

  /** An answer in one piece, its prelude included where it was streamed. */
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
