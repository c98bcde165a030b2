package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The guide's drill, with calls going on at both doors: no call may fail. */
class KeyRotationTest {
  private static final String OLD = PackagedStack.PROVIDER_KEY;
  private static final String NEW = "sk-provider-new";
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":9}";
  private static final String ANSWER =
      "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
  private static final int CALLERS = 2;
  private static final int ENOUGH = 6;

  /** The keys that the provider takes now. */
  private final Set<String> valid = ConcurrentHashMap.newKeySet();

  private final AtomicInteger answered = new AtomicInteger();
  private ScriptedProvider provider;
  private PackagedStack stack;
  private SecretsManagerClient secrets;

  @BeforeEach
  void start() {
    valid.add(OLD);
    provider = new ScriptedProvider(this::provide);
    stack =
        PackagedStack.start(
            Map.of(
                "CHATGATE_INSTANCES", "1",
                "UPSTREAM_RETRIES", "0",
                "UPSTREAM_BASE_URL", provider.url().toString()));
    secrets =
        SecretsManagerClient.builder()
            .httpClientBuilder(Apache5HttpClient.builder())
            .endpointOverride(URI.create(stack.stack().awsUrl()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build();
  }

  private void provide(Wire wire) throws IOException {
    var key = wire.request().header("authorization").replace("Bearer ", "");
    if (valid.contains(key)) {
      wire.json(200, ANSWER);
    } else {
      wire.json(401, "{\"error\":{\"message\":\"Incorrect API key provided\"}}");
    }
  }

  @AfterEach
  void stop() {
    secrets.close();
    stack.close();
    provider.close();
  }

  @Test
  void callsGoOnThroughARotation() throws Exception {
    calling(() -> {
      valid.add(NEW);
      put(NEW);
      moreCalls();
      // Before any instance had a reason to read the secret again.
      valid.remove(OLD);
      moreCalls();
    });
    assertTrue(lines("key_replaced") >= 1, "picked up at the first 401");
    assertEquals(0, lines("previous_key"));
  }

  @Test
  void callsGoOnWithAnOldKeyWhileABadOneIsCurrentAndPickUpTheNextGoodOne() throws Exception {
    put("sk-mistyped");
    calling(() -> {
      moreCalls();
      assertTrue(lines("previous_key") >= 1, "it is seen that the previous key serves");
      valid.add(NEW);
      put(NEW);
      valid.remove(OLD);
      moreCalls();
    });
    assertTrue(lines("key_replaced") >= 2, "away from the bad one, then to the good one");
  }

  private void put(String key) {
    secrets.putSecretValue(
        request -> request.secretId(stack.stack().secretName()).secretString(key));
  }

  private long lines(String field) {
    return stack.log().stream().filter(line -> line.contains("\"" + field + "\":")).count();
  }

  private void moreCalls() {
    int before = answered.get();
    PackagedStack.await(
        () -> answered.get() >= before + ENOUGH, () -> "no calls go on: " + stack.log());
  }

  /** Does something while callers call, at both doors, and fails if one of their calls does. */
  private void calling(Runnable drill) throws Exception {
    var over = new AtomicBoolean();
    var callers = new ArrayList<Future<List<String>>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CALLERS; i++) {
        var door = stack.doors().get(i % 2);
        callers.add(threads.submit(() -> callUntil(over, door)));
      }
      try {
        moreCalls();
        drill.run();
      } finally {
        over.set(true);
      }
    }
    for (var caller : callers) {
      assertEquals(List.of(), caller.get());
    }
  }

  private List<String> callUntil(AtomicBoolean over, String door) throws Exception {
    var failures = new ArrayList<String>();
    while (!over.get()) {
      var call = PackagedStack.chat(door, "cg_demo", BODY);
      var answer = stack.http().send(call, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        failures.add(answer.statusCode() + " " + answer.body());
      }
      answered.incrementAndGet();
    }
    return failures;
  }
}
