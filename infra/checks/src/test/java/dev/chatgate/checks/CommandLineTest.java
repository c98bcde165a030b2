package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packaged command line at the packaged functions, through both local doors. */
class CommandLineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static LocalStack stack;

  private record Result(int exitCode, String output) {}

  @BeforeAll
  static void start() throws IOException {
    var settings =
        Map.of(
            "JAVA_TOOL_OPTIONS", "-Dchatgate.warmup.rounds=1",
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "CHATGATE_INSTANCES", "1",
            "CHATGATE_CACHE_SECONDS", "3600");
    stack = LocalStack.start(LocalSettings.from(settings), Repository.ROOT, Pacing.NONE, _ -> {});
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static Result run(String... words) throws IOException, InterruptedException {
    var process = begin(words);
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static Process begin(String... words) throws IOException {
    var line = new ArrayList<String>();
    line.add(Repository.ROOT.resolve("infra/cli/chatgate").toString());
    line.addAll(List.of(words));
    line.add("--local");
    var builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("CHATGATE_AWS_PORT", port(stack.awsUrl()));
    builder.environment().put("CHATGATE_STREAM_PORT", port(stack.streamUrl()));
    builder.environment().put("CHATGATE_API_PORT", port(stack.apiUrl()));
    var process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static String port(String url) {
    return Integer.toString(URI.create(url).getPort());
  }

  /** The usage of a tenant, once it has so many requests: a stream is settled after its end. */
  private static JsonNode usage(String tenant, int requests)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var report = run("usage", "report", "--by", "tenant", "--tenant", tenant, "--json");
      assertEquals(0, report.exitCode(), report.output());
      var usage = new ObjectMapper().readTree(report.output()).at("/data/0");
      if (usage.path("requests").asInt() == requests) {
        return usage;
      }
      assertTrue(System.nanoTime() < end, report.output());
    }
  }

  @Test
  void tryCallsThroughBothDoorsAndLeavesNoKey() throws Exception {
    for (var door : List.of("stream", "api")) {
      // The other test sets a price for local/chat.
      var call = run("try", "limited", "--model", "local/chat-large", "--door", door);
      assertEquals(0, call.exitCode(), call.output());
      assertTrue(call.output().contains("HTTP 200 after "), call.output());
      assertTrue(call.output().matches("(?s).*Request ID: req_[a-z0-9]{24}\\.\\s*"), call.output());
    }
    assertEquals(0, usage("limited", 2).get("cost_micro_usd").asInt());
    var keys = run("key", "list", "limited");
    assertTrue(!keys.output().contains("try-"), keys.output());
    var refused = run("try", "limited", "--model", "local/429");
    assertEquals(1, refused.exitCode(), refused.output());
  }

  /** The functions use prices for an hour, so the first price is found only by looking again. */
  @Test
  void aFirstPriceHoldsLongBeforeTheCacheEnds() throws Exception {
    assertEquals(0, run("try", "demo", "--model", "local/chat").exitCode());
    assertEquals(1, usage("demo", 1).get("unpriced_requests").asInt());
    var set = run("price", "set", "local/chat", "--prompt", "1", "--completion", "2");
    assertEquals(0, set.exitCode(), set.output());
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int calls = 2; usage("demo", calls - 1).get("cost_micro_usd").asLong() == 0; calls++) {
      assertTrue(System.nanoTime() < end, "no call was charged");
      assertEquals(0, run("try", "demo", "--model", "local/chat").exitCode());
    }
  }

  /** A good run, and one in which the provider fails: neither leaves a tenant or a reserve. */
  @Test
  void doctorChecksBothDoorsAndLeavesNothing() throws Exception {
    var good = run("doctor", "--model", "local/chat-large");
    assertEquals(0, good.exitCode(), good.output());
    for (var line :
        List.of(
            "ok        streaming door ",
            "ok        streaming door, usage ",
            "ok        API door, usage ",
            "warn      price ",
            "ok        audit ",
            "ok        trial tenant ",
            "not seen  API door, runtime ")) {
      assertTrue(good.output().contains(line), line + "\n" + good.output());
    }
    var bad = run("doctor", "--model", "local/500");
    assertEquals(1, bad.exitCode(), bad.output());
    for (var line :
        List.of(
            "FAIL      streaming door           HTTP 502 upstream_error: ",
            "FAIL      API door                 HTTP 502 upstream_error: ",
            "ok        trial tenant ")) {
      assertTrue(bad.output().contains(line), line + "\n" + bad.output());
    }
    var tenants = run("tenant", "list");
    assertTrue(!tenants.output().contains("doctor-"), tenants.output());
    assertNoReserveIsHeld();
    var before = run("doctor", "--before");
    assertEquals(0, before.exitCode(), before.output());
    assertTrue(before.output().lines().allMatch(line -> line.startsWith("not seen  ")));
  }

  /** The process is ended, as by Ctrl-C, while its first call waits for the provider. */
  @Test
  void doctorRemovesItsTenantWhenItIsEnded() throws Exception {
    var process = begin("doctor", "--model", "local/slow");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isReserveHeld()) {
      assertTrue(process.isAlive() && System.nanoTime() < end, "there is no call");
    }
    // Process.destroy() would also close the stream that is read next.
    assertTrue(process.toHandle().destroy());
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(143, process.waitFor(), output);
    var tenants = run("tenant", "list");
    assertTrue(!tenants.output().contains("doctor-"), tenants.output());
    assertNoReserveIsHeld();
  }

  /** A stream that failed, or was left by its client, is settled after its end. */
  private static void assertNoReserveIsHeld() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (isReserveHeld()) {
      assertTrue(System.nanoTime() < end, "a reserve is held");
    }
  }

  /** Whether a call of a tenant of {@code doctor} is in flight. */
  private static boolean isReserveHeld() {
    try (var dynamoDb = stack.dynamoDb()) {
      var quota = new DynamoQuotaTable(dynamoDb, stack.tables(), PATIENCE);
      return quota.all().stream()
          .filter(key -> key.tenant().value().startsWith("doctor-"))
          .anyMatch(key -> !quota.read(key).entries().isEmpty());
    }
  }

  @Test
  void infoNamesTheDoors() throws Exception {
    var info = run("info");
    assertEquals(0, info.exitCode(), info.output());
    assertTrue(info.output().contains(stack.streamUrl() + "/openai/v1"), info.output());
    assertTrue(info.output().contains(stack.apiUrl() + "/openai/v1"), info.output());
    assertTrue(info.output().matches("(?s).*Provider key +set\\n.*"), info.output());
  }
}
