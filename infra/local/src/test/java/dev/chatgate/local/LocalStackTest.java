package dev.chatgate.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.tiny.TinyPackage;
import dev.chatgate.local.upstream.Pacing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The doors over real processes of a tiny package. */
class LocalStackTest {
  @TempDir static Path root;

  private static final Queue<String> LOG = new ConcurrentLinkedQueue<>();
  private static LocalStack stack;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    var settings =
        LocalSettings.from(
            Map.of(
                "CHATGATE_API_PORT", "0",
                "CHATGATE_STREAM_PORT", "0",
                "CHATGATE_AWS_PORT", "0",
                "CHATGATE_INSTANCES", "2",
                "CHATGATE_RECONCILE_SECONDS", "0",
                "CHATGATE_CACHE_SECONDS", "7"));
    stack = LocalStack.start(settings, TinyPackage.in(root), Pacing.NONE, LOG::add);
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void stop() {
    var processes = new ArrayList<>(stack.apiInstances());
    processes.addAll(stack.streamInstances());
    stack.close();
    client.close();
    processes.forEach(process -> process.onExit().join());
  }

  @Test
  void theApiDoorTurnsRequestAndAnswerAround() throws Exception {
    var answer = client.send(api("/echo?a=1"), BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("\"rawQueryString\":\"a=1\""), answer.body());
    assertEquals("a=1", answer.headers().firstValue("set-cookie").orElse(""));
  }

  @Test
  void theFunctionSeesTheTemplatesVariablesWithTheSettingsInTheirPlace() throws Exception {
    var answer = client.send(api("/environment"), BodyHandlers.ofString());
    assertEquals("hello-us-east-1 " + stack.awsUrl() + " 7 in-task-root", answer.body());
  }

  @Test
  void aCrashAtTheApiDoorIsAnInternalServerErrorAndTheNextCallIsAnswered() throws Exception {
    var crashed = client.send(api("/crash"), BodyHandlers.ofString());
    assertEquals(500, crashed.statusCode());
    assertEquals("{\"message\":\"Internal Server Error\"}", crashed.body());
    assertEquals(200, client.send(api("/echo"), BodyHandlers.ofString()).statusCode());
  }

  @Test
  void anErrorAnAnswerThatIsNoneAndOneTooLargeAreInternalServerErrors() throws Exception {
    for (String path : List.of("/throw", "/not-json", "/large")) {
      var answer = client.send(api(path), BodyHandlers.ofString());
      assertEquals(500, answer.statusCode(), path);
      assertEquals("{\"message\":\"Internal Server Error\"}", answer.body(), path);
    }
  }

  @Test
  void theApisOwnTimeLimitIsServiceUnavailable() throws Exception {
    var answer = client.send(api("/hang"), BodyHandlers.ofString());
    assertEquals(503, answer.statusCode());
    assertEquals("{\"message\":\"Service Unavailable\"}", answer.body());
  }

  @Test
  void callsAtOnceRunInInstancesOfTheirOwnAndQueuePastTheLimit() {
    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(0, 6)
            .mapToObj(i -> client.sendAsync(stream("/slow"), BodyHandlers.ofString()))
            .toList();
    answers.forEach(answer -> assertEquals(201, answer.join().statusCode()));
    assertEquals(2, stack.streamInstances().size());
  }

  @Test
  void theStreamingDoorDecodesThePrelude() throws Exception {
    var answer = client.send(stream("/event"), BodyHandlers.ofString());
    assertEquals(201, answer.statusCode());
    assertEquals("text/event-stream", answer.headers().firstValue("content-type").orElse(""));
    assertEquals(List.of("a=1", "b=2"), answer.headers().allValues("set-cookie"));
    assertEquals(List.of("9"), answer.headers().allValues("x-amzn-remapped-content-length"));
    assertTrue(answer.body().startsWith("first\n{"), answer.body());
  }

  @Test
  void chunksPassAtOnce() throws Exception {
    var lags = new ArrayList<Long>();
    client
        .send(stream("/paced"), BodyHandlers.ofLines())
        .body()
        .skip(1)
        .forEach(sent -> lags.add(System.nanoTime() - Long.parseLong(sent)));
    assertEquals(5, lags.size());
    // The next chunk is 100 ms away: one that was held back would be as late as that.
    assertTrue(lags.stream().sorted().toList().get(2) < 50_000_000, lags.toString());
  }

  @Test
  void aCrashBeforeTheFirstByteIsABadGateway() throws Exception {
    for (String path : List.of("/crash", "/crash-at-once")) {
      var answer = client.send(stream(path), BodyHandlers.ofString());
      assertEquals(502, answer.statusCode(), path);
    }
  }

  @Test
  void aFailureAfterTheFirstByteCutsTheAnswer() {
    for (String path : List.of("/crash-late", "/fail-late")) {
      assertThrows(
          IOException.class, () -> client.send(stream(path), BodyHandlers.ofString()), path);
    }
  }

  @Test
  void theFunctionsTimeLimitKillsTheInstance() throws Exception {
    var answer = client.send(stream("/hang"), BodyHandlers.ofString());
    assertEquals(502, answer.statusCode());
    assertTrue(LOG.stream().anyMatch(line -> line.endsWith("Task timed out after 3 seconds")));
  }

  @Test
  void aKilledInstanceIsReplaced() throws Exception {
    String before = client.send(stream("/pid"), BodyHandlers.ofString()).body();
    stack.streamInstances().forEach(ProcessHandle::destroyForcibly);
    var all = new HashSet<String>();
    // A call that was handed to an instance as it died fails, as it would on Lambda.
    for (int i = 0; i < 3; i++) {
      all.add(client.send(stream("/pid"), BodyHandlers.ofString()).body());
    }
    assertNotEquals(before, client.send(stream("/pid"), BodyHandlers.ofString()).body());
    assertFalse(all.isEmpty());
  }

  @Test
  void theSecretsHaveTheProvidersKeyAndAGeneratedSeed() {
    assertEquals(DemoData.PROVIDER_KEY, secret(stack.secretName()));
    String signing = secret(stack.signingSecretName());
    assertTrue(signing.matches("\\{\"version\":1,\"seed\":\"[A-Za-z0-9]{40}\"}"), signing);
  }

  private static String secret(String name) {
    try (var secrets =
        SecretsManagerClient.builder()
            .httpClientBuilder(Apache5HttpClient.builder())
            .endpointOverride(URI.create(stack.awsUrl()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build()) {
      return secrets.getSecretValue(request -> request.secretId(name)).secretString();
    }
  }

  @Test
  void theReconcilerRunsWhenTold() {
    assertTrue(stack.reconcile().contains("statusCode"));
  }

  @Test
  void anEventAboveLambdasLimitIsRefused() throws Exception {
    var body = HttpRequest.BodyPublishers.ofByteArray(new byte[6_500_000]);
    for (String url : List.of(stack.apiUrl(), stack.streamUrl())) {
      var request = HttpRequest.newBuilder(URI.create(url + "/echo")).POST(body).build();
      assertEquals(413, client.send(request, BodyHandlers.ofString()).statusCode());
    }
  }

  @Test
  void headersAboveTenKilobytesAreRefused() throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(stack.streamUrl() + "/echo"))
            .header("x-large", "x".repeat(10_240))
            .build();
    assertEquals(431, client.send(request, BodyHandlers.ofString()).statusCode());
  }

  private static HttpRequest api(String path) {
    return HttpRequest.newBuilder(URI.create(stack.apiUrl() + path)).build();
  }

  private static HttpRequest stream(String path) {
    return HttpRequest.newBuilder(URI.create(stack.streamUrl() + path)).build();
  }
}
