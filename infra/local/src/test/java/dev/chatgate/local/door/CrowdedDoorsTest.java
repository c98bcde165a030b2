package dev.chatgate.local.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.lambda.InstancePool;
import dev.chatgate.local.lambda.LocalLambda;
import dev.chatgate.local.template.FunctionDefinition;
import dev.chatgate.local.template.SamTemplate;
import dev.chatgate.local.tiny.TinyPackage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Doors with one instance that is busy, or shared, or does not start. */
class CrowdedDoorsTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path root;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private SamTemplate template =
      SamTemplate.read(Path.of("src/test/resources/tiny-template.yaml"), Map.of());

  @BeforeEach
  void unpack() {
    template = SamTemplate.read(TinyPackage.in(root).resolve("template.yaml"), Map.of());
  }

  @AfterEach
  void stop() {
    client.close();
  }

  @Test
  void aThrottledCallIsTooManyAtTheUrl() throws Exception {
    try (InstancePool pool = pool(Map.of(), SHORT);
        HttpServer door = HttpServer.start(0, new UrlDoor(pool, Clock.systemUTC()))) {
      occupy(door);
      HttpResponse<String> answer = refusal(door);
      assertEquals(429, answer.statusCode());
      assertTrue(answer.body().contains("\"message\":\"Rate Exceeded.\""), answer.body());
    }
  }

  @Test
  void aThrottledCallIsUnavailableAtTheApi() throws Exception {
    try (InstancePool pool = pool(Map.of(), SHORT);
        HttpServer door = HttpServer.start(0, new ApiDoor(pool, LONG, Clock.systemUTC()))) {
      occupy(door);
      HttpResponse<String> answer = refusal(door);
      assertEquals(503, answer.statusCode());
      assertEquals("{\"message\":\"Service Unavailable\"}", answer.body());
    }
  }

  @Test
  void aFunctionThatNeverStartsFailsItsCallsAtOnce() throws Exception {
    try (InstancePool pool = pool(Map.of("AT_START", "dies"), LONG);
        HttpServer door = HttpServer.start(0, new UrlDoor(pool, Clock.systemUTC()))) {
      for (int i = 0; i < 2; i++) {
        assertEquals(502, client.send(get(door, "/x"), BodyHandlers.ofString()).statusCode());
      }
    }
  }

  @Test
  void oneInstanceTakesAsManyCallsAtOnceAsItMay() {
    try (InstancePool pool = pool(Map.of(InstancePool.CONCURRENCY_VARIABLE, "4"), LONG);
        HttpServer door = HttpServer.start(0, new UrlDoor(pool, Clock.systemUTC()))) {
      // Eight callers, four at once: all in the one process.
      List<CompletableFuture<HttpResponse<String>>> answers =
          IntStream.range(0, 8)
              .mapToObj(i -> client.sendAsync(get(door, "/pid"), BodyHandlers.ofString()))
              .toList();
      assertEquals(1, answers.stream().map(answer -> answer.join().body()).distinct().count());
    }
  }

  /** Occupies the one instance once it has started. */
  private void occupy(HttpServer door) throws Exception {
    while (client.send(get(door, "/x"), BodyHandlers.ofString()).statusCode() > 400) {
      // Throttled while the instance starts: asked again.
    }
    var _ = client.sendAsync(get(door, "/hang"), BodyHandlers.ofString());
  }

  /** The answer to a call once the instance is busy. */
  private HttpResponse<String> refusal(HttpServer door) throws Exception {
    HttpResponse<String> answer = client.send(get(door, "/x"), BodyHandlers.ofString());
    return answer.statusCode() < 400 ? refusal(door) : answer;
  }

  private InstancePool pool(Map<String, String> variables, Duration maxWait) {
    var lambda =
        new LocalLambda("http://127.0.0.1:1", root.resolve("work"), Clock.systemUTC(), line -> {});
    FunctionDefinition function = template.function("StreamFunction").orElseThrow();
    return lambda.pool(function.with(variables), 1, maxWait);
  }

  private static HttpRequest get(HttpServer door, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path)).build();
  }
}
