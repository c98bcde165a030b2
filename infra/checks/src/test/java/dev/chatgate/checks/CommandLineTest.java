package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
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

  @Test
  void infoNamesTheDoors() throws Exception {
    var info = run("info");
    assertEquals(0, info.exitCode(), info.output());
    assertTrue(info.output().contains(stack.streamUrl() + "/openai/v1"), info.output());
    assertTrue(info.output().contains(stack.apiUrl() + "/openai/v1"), info.output());
    assertTrue(info.output().matches("(?s).*Provider key +set\\n.*"), info.output());
  }
}
