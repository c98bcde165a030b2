package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.item.DailyTotals;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Calls of both kinds at both doors, several at once, over several instances: the books agree. */
class ManyCallsTest {
  private static final int CALLS = 200;
  private static final int AT_ONCE = 8;
  private static final String TENANT = "demo";
  private static final String TENANT_KEY = "cg_demo";

  private static final Pattern USAGE =
      Pattern.compile(
          "\"usage\":\\{\"prompt_tokens\":(\\d+),\"completion_tokens\":(\\d+),\"total_tokens\":\\d+}");

  /** What a client saw of one call. */
  private record Seen(String requestId, long prompt, long completion) {}

  @Test
  void everyCallIsAnsweredAndRecordedOnceWithTheTokensThatItsClientSaw() throws Exception {
    try (var stack = PackagedStack.start(Map.of("CHATGATE_INSTANCES", "4"))) {
      stack.stack().awaitReady();
      List<Seen> seen = callAll(stack);
      var item = stack.settled(TENANT);
      Map<String, UsageRecord> records = byRequestId(stack.records(TENANT));

      assertEquals(CALLS, records.size());
      seen.forEach(call -> assertRecorded(call, records));
      UsageTotals sum =
          new UsageTotals(
              CALLS,
              seen.stream().mapToLong(Seen::prompt).sum(),
              0,
              seen.stream().mapToLong(Seen::completion).sum(),
              0,
              0);
      assertEquals(
          sum,
          records.values().stream()
              .map(UsageRecord::charged)
              .reduce(UsageTotals.ZERO, UsageTotals::plus));
      assertEquals(
          sum,
          item.rollUps().stream()
              .map(DailyTotals::tally)
              .reduce(UsageTotals.ZERO, UsageTotals::plus));
      assertEquals(Map.of(), item.entries());
      assertEquals(0, item.number(ItemNames.TOKENS_HELD));
    }
  }

  private static List<Seen> callAll(PackagedStack stack) throws Exception {
    List<Callable<Seen>> calls =
        IntStream.range(0, CALLS).<Callable<Seen>>mapToObj(i -> () -> call(stack, i)).toList();
    var seen = new ArrayList<Seen>();
    try (var callers = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<Seen> call : callers.invokeAll(calls)) {
        seen.add(call.get());
      }
    }
    return seen;
  }

  /** Each kind at each door, every question of its own length. */
  private static Seen call(PackagedStack stack, int number)
      throws IOException, InterruptedException {
    String door = stack.doors().get(number % 2);
    boolean streamed = number / 2 % 2 == 0;
    String body =
        """
        {"model":"local/chat","messages":[{"role":"user","content":"%s"}],"max_tokens":60%s}\
        """
            .formatted(
                "word ".repeat(number % 17),
                streamed ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "");
    var answer =
        stack.http().send(PackagedStack.chat(door, TENANT_KEY, body), BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(streamed, answer.body().endsWith("data: [DONE]\n\n"), answer.body());
    var usages = USAGE.matcher(answer.body()).results().toList();
    assertEquals(1, usages.size(), answer.body());
    return new Seen(
        answer.headers().firstValue("x-request-id").orElseThrow(),
        number(usages.getFirst(), 1),
        number(usages.getFirst(), 2));
  }

  private static long number(MatchResult usage, int group) {
    return Long.parseLong(usage.group(group));
  }

  private static Map<String, UsageRecord> byRequestId(List<UsageRecord> records) {
    var byId = new HashMap<String, UsageRecord>();
    for (var record : records) {
      assertEquals(UsageRecord.Kind.CALL, record.kind());
      UsageRecord twin = byId.put(record.call().orElseThrow().requestId(), record);
      assertTrue(twin == null, () -> "twice: " + record);
    }
    return byId;
  }

  private static void assertRecorded(Seen call, Map<String, UsageRecord> records) {
    UsageRecord record = records.get(call.requestId());
    assertTrue(record != null, () -> "no record of " + call);
    assertEquals(new UsageTotals(1, call.prompt(), 0, call.completion(), 0, 0), record.charged());
  }
}
