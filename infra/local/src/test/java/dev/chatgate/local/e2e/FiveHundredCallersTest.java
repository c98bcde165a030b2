package dev.chatgate.local.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.item.DailyTotals;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Five hundred callers at once on one tenant with a daily limit for some of them: the limit holds
 * to the token, and nothing stays reserved.
 */
class FiveHundredCallersTest {
  private static final int CALLERS = 500;
  private static final int THAT_FIT = 230;
  private static final int PROMPT_TOKENS = 7;
  private static final int COMPLETION_TOKENS = 11;
  private static final int SLOTS = 256;

  /** As many at once as the store on the same machine answers in time. */
  private static final int MAX_UNDECIDED = 32;

  private final CountDownLatch letGo = new CountDownLatch(1);

  /** A permit for each call that is neither admitted nor refused yet. */
  private final Semaphore undecided = new Semaphore(MAX_UNDECIDED);

  @Test
  void theDayHoldsToTheTokenAndLetsGoOfWhatWasNotUsed() throws Exception {
    try (var provider = new ScriptedProvider(this::answerOnceLetGo);
        var stack = start(provider)) {
      warmUp(stack);
      long reserve = reserveOfOneCall(stack);
      long limit = THAT_FIT * reserve + reserve - 1;
      tenant(stack, "crowd", limit);

      List<CompletableFuture<HttpResponse<String>>> answers =
          IntStream.range(0, CALLERS).mapToObj(i -> call(stack, "crowd", "held")).toList();
      awaitTheRefused(stack, answers, limit);
      QuotaItem full = stack.item("crowd");
      assertEquals(THAT_FIT, full.number("n"));
      assertEquals(THAT_FIT, full.entries().size());
      assertEquals(THAT_FIT * reserve, tokensOfTheDay(full));
      answers.stream()
          .filter(CompletableFuture::isDone)
          .forEach(FiveHundredCallersTest::assertRefused);

      letGo.countDown();
      answers.forEach(CompletableFuture::join);
      assertEquals(THAT_FIT, answers.stream().filter(a -> a.join().statusCode() == 200).count());
      assertSettled(stack);
      assertEquals(200, call(stack, "crowd", "held").join().statusCode());
    }
  }

  private static PackagedStack start(ScriptedProvider provider) {
    return PackagedStack.start(
        Map.of(
            "CHATGATE_INSTANCES", "4",
            "AWS_LAMBDA_MAX_CONCURRENCY", "64",
            "UPSTREAM_CONNECT_MS", "20000",
            "UPSTREAM_BASE_URL", provider.url().toString()));
  }

  private void answerOnceLetGo(Wire wire) throws IOException, InterruptedException {
    boolean held = wire.request().text().contains("\"held\"");
    wire.streamHead()
        .chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n")
        .await(held ? letGo : new CountDownLatch(0))
        .chunk(
            """
            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}

            data: [DONE]

            """
                .formatted(PROMPT_TOKENS, COMPLETION_TOKENS, PROMPT_TOKENS + COMPLETION_TOKENS))
        .endChunks();
  }

  /** Every instance is up, and has called everything that a call needs. */
  private void warmUp(PackagedStack stack) {
    tenant(stack, "warm", 1_000_000_000);
    IntStream.range(0, SLOTS)
        .mapToObj(i -> call(stack, "warm", "quick"))
        .toList()
        .forEach(CompletableFuture::join);
  }

  /** Read from the item while a first caller, on a tenant of its own, waits for its answer. */
  private long reserveOfOneCall(PackagedStack stack) {
    tenant(stack, "first", 1_000_000);
    var _ = call(stack, "first", "held");
    PackagedStack.await(
        () -> stack.item("first").number("n") == 1, () -> "the first call was not admitted");
    return stack.item("first").entries().values().iterator().next().tokens();
  }

  /** Reads the item all the time: it never exceeds the limit. */
  private static void awaitTheRefused(
      PackagedStack stack, List<CompletableFuture<HttpResponse<String>>> answers, long limit) {
    PackagedStack.await(
        () -> {
          QuotaItem now = stack.item("crowd");
          assertTrue(tokensOfTheDay(now) <= limit, now::toString);
          return answers.stream().filter(CompletableFuture::isDone).count() >= CALLERS - THAT_FIT;
        },
        () -> "in flight: " + stack.item("crowd").number("n") + stack.log());
  }

  private static void assertRefused(CompletableFuture<HttpResponse<String>> answer) {
    var refusal = answer.join();
    assertEquals(429, refusal.statusCode(), refusal.body());
    assertTrue(refusal.body().contains("\"code\":\"rate_limit_exceeded\""), refusal.body());
    assertEquals("1", refusal.headers().firstValue("retry-after").orElse(""));
  }

  private static void assertSettled(PackagedStack stack) {
    QuotaItem item = stack.settled("crowd");
    var each = new UsageTotals(1, PROMPT_TOKENS, 0, COMPLETION_TOKENS, 0, 0);
    List<UsageRecord> records =
        stack.records("crowd").stream().filter(UsageRecord::counts).toList();
    assertEquals(THAT_FIT, records.size());
    records.forEach(record -> assertEquals(each, record.charged()));
    assertEquals(Map.of(), item.entries());
    assertEquals(0, item.number(ItemNames.TOKENS_HELD));
    assertEquals(
        new UsageTotals(THAT_FIT, THAT_FIT * PROMPT_TOKENS, 0, THAT_FIT * COMPLETION_TOKENS, 0, 0),
        item.rollUps().stream()
            .map(DailyTotals::tally)
            .reduce(UsageTotals.ZERO, UsageTotals::plus));
    assertEquals(THAT_FIT * (PROMPT_TOKENS + COMPLETION_TOKENS), tokensOfTheDay(item));
  }

  private static long tokensOfTheDay(QuotaItem item) {
    return item.number(ItemNames.dayTokens(item.newestDay()));
  }

  private static void tenant(PackagedStack stack, String id, long tokensPerDay) {
    stack.tenant(
        """
        {"id":"%1$s","keys":[{"name":"k","secret":"cg_%1$s"}],"quota":{"tokens_per_day":%2$d}}\
        """
            .formatted(id, tokensPerDay));
  }

  private CompletableFuture<HttpResponse<String>> call(
      PackagedStack stack, String tenant, String model) {
    String body =
        """
        {"model":"%s","messages":[{"role":"user","content":"Hello"}],"max_tokens":100,\
        "stream":true,"stream_options":{"include_usage":true}}\
        """
            .formatted(model);
    var request = PackagedStack.chat(stack.stack().streamUrl(), "cg_" + tenant, body);
    return CompletableFuture.runAsync(undecided::acquireUninterruptibly, Thread::startVirtualThread)
        .thenCompose(_ -> stack.http().sendAsync(request, this::decided));
  }

  /** The head says how it was decided; the body of an admitted call comes later. */
  private HttpResponse.BodySubscriber<String> decided(HttpResponse.ResponseInfo head) {
    undecided.release();
    return BodySubscribers.ofString(UTF_8);
  }
}
