package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.AnswerSink;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderOutcome.PassedThrough;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.testkit.Wire;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams over a socket: when things arrive, and what a broken connection becomes. */
class ProviderStreamTest {
  private static final String DELTA =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hé\"}}]}\n\n";
  private static final String STOP =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  private static final String USAGE =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":1}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  private static CompletableFuture<ProviderOutcome> inBackground(
      ClientHarness harness, String body) {
    return CompletableFuture.supplyAsync(
        () -> harness.call(body), task -> Thread.ofVirtual().start(task));
  }

  @Test
  void everyEventArrivesWhileTheNextIsStillToBeSent() throws Exception {
    var next = new CountDownLatch(1);
    var last = new CountDownLatch(1);
    try (var harness =
        new ClientHarness(wire -> {
          wire.streamHead().chunk(DELTA).await(next).chunk(": beat\n").await(last);
          wire.chunk(STOP + DONE).endChunks();
        })) {
      var outcome = inBackground(harness, Calls.streaming(""));
      assertEquals(DELTA, harness.sink.nextWrite());
      assertEquals("text/event-stream; charset=utf-8", harness.sink.headers().get("content-type"));
      next.countDown();
      assertEquals(": beat\n", harness.sink.nextWrite());
      assertFalse(harness.sink.over());
      last.countDown();
      assertEquals(STOP + DONE, harness.sink.nextWrite());
      assertInstanceOf(Answered.class, outcome.get(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void anEventInManyPiecesIsOneWrite() {
    try (var harness =
        new ClientHarness(wire ->
            wire.streamHead()
                .chunks((DELTA + STOP + DONE).getBytes(StandardCharsets.UTF_8), 1)
                .endChunks())) {
      harness.call(Calls.streaming(""));
      assertEquals(DELTA + STOP + DONE, harness.sink.text());
      assertEquals(3, harness.sink.writes().size());
    }
  }

  @Test
  void theAnswerEndsAtDoneAndDoesNotWaitForTheProvidersEnd() throws Exception {
    var never = new CountDownLatch(1);
    try (var harness =
        new ClientHarness(wire -> wire.streamHead().chunk(STOP + DONE).await(never))) {
      var outcome = inBackground(harness, Calls.streaming("")).get(10, TimeUnit.SECONDS);
      assertEquals(Optional.empty(), assertInstanceOf(Answered.class, outcome).brokenBy());
      assertTrue(harness.sink.over());
      never.countDown();
    }
  }

  @Test
  void aConnectionWhoseAnswerEndedIsUsedAgain() {
    try (var harness = new ClientHarness(wire -> wire.stream(STOP + DONE))) {
      for (int i = 0; i < 5; i++) {
        harness.client.call(Calls.of(Calls.streaming("")), new RecordingSink());
      }
      assertEquals(1, harness.provider.connections());
    }
  }

  @Test
  void aConnectionThatTheProviderClosedIsNotUsedAgain() throws InterruptedException {
    var closed = new Semaphore(0);
    try (var harness =
        new ClientHarness(wire -> {
          wire.stream(STOP + DONE).close();
          closed.release();
        })) {
      for (int i = 0; i < 5; i++) {
        var sink = new RecordingSink();
        harness.client.call(Calls.of(Calls.streaming("")), sink);
        assertEquals(STOP + DONE, sink.text());
        assertTrue(closed.tryAcquire(60, TimeUnit.SECONDS));
      }
      assertEquals(5, harness.provider.requests().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "close", "end", "bad chunk", "mid-event"})
  void aStreamThatIsCutBecomesIncomplete(String how) {
    try (var harness =
        new ClientHarness(wire -> {
          wire.streamHead().chunk(DELTA);
          switch (how) {
            case "reset" -> wire.pause(50).reset();
            case "close" -> wire.close();
            case "end" -> wire.endChunks();
            case "bad chunk" -> wire.raw("zz\r\nxx").close();
            default -> wire.chunk("data: {\"choices\":[{\"de").close();
          }
        })) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(Optional.of(ErrorCode.UPSTREAM_INCOMPLETE), outcome.brokenBy());
      assertTrue(harness.sink.text().startsWith(DELTA + "event: error\ndata: {\"error\":"));
      assertTrue(harness.sink.over());
      var estimated = assertInstanceOf(Consumption.Estimated.class, outcome.consumption());
      assertEquals(Calls.PROMPT_ESTIMATE, estimated.counts().prompt());
      assertTrue(estimated.counts().completion() > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "close", "end", "bad chunk"})
  void aStreamWhoseChoicesHaveFinishedIsWholeHoweverItEnds(String how) {
    try (var harness =
        new ClientHarness(wire -> {
          wire.streamHead().chunk(DELTA + STOP);
          switch (how) {
            case "reset" -> wire.pause(50).reset();
            case "close" -> wire.close();
            case "end" -> wire.endChunks();
            default -> wire.raw("zz\r\nxx").close();
          }
        })) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(Optional.empty(), outcome.brokenBy());
      assertEquals(DELTA + STOP, harness.sink.text());
    }
  }

  @Test
  void usageBeforeACutCounts() {
    var withUsage =
        "data: {\"choices\":[{\"index\":0,\"delta\":{}}],\"usage\":{\"prompt_tokens\":8,"
            + "\"completion_tokens\":3}}\n\n";
    try (var harness = new ClientHarness(wire -> wire.streamHead().chunk(withUsage).close())) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(Optional.of(ErrorCode.UPSTREAM_INCOMPLETE), outcome.brokenBy());
      assertInstanceOf(Consumption.Measured.class, outcome.consumption());
      assertEquals(new TokenCounts(8, 0, 3), outcome.consumption().counts());
    }
  }

  @Test
  void usageIsAskedForWhereTheTenantDidNot() {
    try (var harness = new ClientHarness(wire -> wire.stream(STOP + USAGE + DONE))) {
      harness.call(Calls.streaming(""));
      assertEquals(STOP + DONE, harness.sink.text());
      var sent = harness.provider.requests().getFirst();
      assertTrue(sent.text().contains("\"include_usage\":true"));
      assertEquals("text/event-stream", sent.header("accept"));
    }
  }

  @Test
  void aProviderThatRefusesStreamOptionsIsAskedOnceMoreWithoutThemAndThatIsRemembered() {
    try (var harness =
        new ClientHarness(
            wire -> wire.json(400, "{\"error\":{\"message\":\"stream_options is unknown\"}}"),
            wire -> wire.stream(DELTA + STOP + DONE))) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(DELTA + STOP + DONE, harness.sink.text());
      assertInstanceOf(Consumption.Estimated.class, outcome.consumption());
      assertArrayEquals(
          Calls.streaming("").getBytes(StandardCharsets.UTF_8),
          harness.provider.requests().get(1).body());
      harness.client.call(Calls.of(Calls.streaming("")), new RecordingSink());
      assertEquals(3, harness.provider.requests().size());
      assertFalse(harness.provider.requests().get(2).text().contains("include_usage"));
    }
  }

  @Test
  void aSuccessWithStreamOptionsEndsTheMemory() {
    try (var harness =
        new ClientHarness(
            wire -> wire.json(400, "{\"error\":{\"message\":\"stream_options is unknown\"}}"),
            wire -> wire.stream(DELTA + STOP + USAGE + DONE))) {
      harness.call(Calls.streaming(""));
      var asked = Calls.streaming(",\"stream_options\":{\"include_usage\":true}");
      harness.client.call(Calls.of(asked), new RecordingSink());
      harness.client.call(Calls.of(Calls.streaming("")), new RecordingSink());
      var requests = harness.provider.requests();
      assertFalse(requests.get(1).text().contains("include_usage"));
      assertTrue(requests.get(3).text().contains("include_usage"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"1 validation error: ... 'input': %s\",\"code\":400}}",
        "{\"error\":{\"message\":\"bad\",\"input\":{\"stream_options\":{\"include_usage\":true}}}}",
        "{\"detail\":[{\"loc\":[\"body\",\"model\"],\"msg\":\"bad\",\"input\":{\"stream_options\":{}}}]}"
      })
  void whatIsQuotedBackIsNoProofAndNothingIsRemembered(String refusal) {
    try (var harness = new ClientHarness(wire -> wire.json(400, quoting(refusal, wire)))) {
      assertInstanceOf(PassedThrough.class, harness.call(Calls.streaming("")));
      harness.provider.instead(wire -> wire.stream(DELTA + STOP + USAGE + DONE));
      var outcome =
          harness.client.call(Calls.of(Calls.streaming("")), new RecordingSink()).outcome();
      assertInstanceOf(Consumption.Measured.class, outcome.consumption());
      assertEquals(2, harness.provider.requests().size());
      assertTrue(harness.provider.requests().get(1).text().contains("include_usage"));
    }
  }

  private static String quoting(String refusal, Wire wire) {
    var quoted = wire.request().text().replace("\\", "\\\\").replace("\"", "\\\"");
    return refusal.replace("%s", quoted);
  }

  @Test
  void aRefusalThatPersistsIsNotRemembered() {
    var body = "{\"error\":{\"message\":\"stream_options and all the rest\"}}";
    try (var harness = new ClientHarness(wire -> wire.json(400, body))) {
      assertInstanceOf(PassedThrough.class, harness.call(Calls.streaming("")));
      harness.provider.instead(wire -> wire.stream(DELTA + STOP + USAGE + DONE));
      var outcome =
          harness.client.call(Calls.of(Calls.streaming("")), new RecordingSink()).outcome();
      assertInstanceOf(Consumption.Measured.class, outcome.consumption());
      assertEquals(3, harness.provider.requests().size());
      assertTrue(harness.provider.requests().get(2).text().contains("include_usage"));
    }
  }

  @Test
  void aRefusalOfWhatTheTenantAskedForIsTheTenants() {
    var body = "{\"error\":{\"message\":\"stream_options is unknown\"}}";
    try (var harness = new ClientHarness(wire -> wire.json(400, body))) {
      var outcome = harness.call(Calls.streaming(",\"stream_options\":{\"include_usage\":true}"));
      assertEquals(400, assertInstanceOf(PassedThrough.class, outcome).status());
      assertEquals(1, harness.provider.requests().size());
    }
  }

  @Test
  void aRefusalThatPersistsWithoutStreamOptionsIsTheTenants() {
    var body = "{\"error\":{\"message\":\"stream_options and all the rest\"}}";
    try (var harness = new ClientHarness(wire -> wire.json(422, body))) {
      var outcome = harness.call(Calls.streaming(""));
      assertEquals(422, assertInstanceOf(PassedThrough.class, outcome).status());
      assertEquals(2, harness.provider.requests().size());
    }
  }

  @Test
  void aTenantWhoLeavesDoesNotStopTheCount() {
    try (var harness =
        new ClientHarness(wire -> wire.stream(DELTA.repeat(500) + STOP + USAGE + DONE))) {
      var calls = new AtomicInteger();
      var leaving =
          new AnswerSink() {
            @Override
            public void head(int status, Map<String, String> headers) {}

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              calls.incrementAndGet();
              throw new IOException("gone");
            }

            @Override
            public void end() {
              calls.incrementAndGet();
            }
          };
      var outcome = harness.client.call(Calls.of(Calls.streaming("")), leaving).outcome();
      assertEquals(new TokenCounts(4, 0, 1), outcome.consumption().counts());
      assertEquals(1, calls.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/html", "text/plain"})
  void aStreamOfAnotherTypeIsNoAnswerButItsUsageCounts(String type) {
    var body = "{\"choices\":[],\"usage\":{\"prompt_tokens\":6,\"completion_tokens\":2}}";
    try (var harness = new ClientHarness(wire -> wire.answer(200, type, body))) {
      var outcome = assertInstanceOf(Failed.class, harness.call(Calls.streaming("")));
      assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, outcome.error().code());
      assertEquals(new TokenCounts(6, 0, 2), outcome.consumption().counts());
      assertEquals(0, harness.sink.status());
    }
  }

  @Test
  void aStreamOfAnUnknownCodingIsNoAnswer() {
    try (var harness =
        new ClientHarness(
            wire -> wire.answer(200, "text/event-stream", DONE, "content-encoding: br"))) {
      var outcome = assertInstanceOf(Failed.class, harness.call(Calls.streaming("")));
      assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, outcome.error().code());
    }
  }

  @Test
  void anEventTooLargeToHoldBreaksTheStream() {
    var part = "x".repeat(1024 * 1024);
    try (var harness =
        new ClientHarness(wire -> {
          wire.streamHead().chunk(DELTA + "data: \"");
          for (int i = 0; i < 2 + AnswerForwarder.MAX_EVENT_BYTES / part.length(); i++) {
            wire.chunk(part);
          }
        })) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(Optional.of(ErrorCode.UPSTREAM_INVALID_RESPONSE), outcome.brokenBy());
      assertTrue(harness.sink.text().startsWith(DELTA + "event: error\n"));
    }
  }

  @Test
  void anEventIsAsLargeAsThePlainAnswerWhereTheHeapHasRoom() {
    int mib = 1024 * 1024;
    assertEquals(AnswerForwarder.MAX_ANSWER_BYTES, AnswerForwarder.maxEventBytes(4096L * mib));
    assertEquals(20 * mib, AnswerForwarder.maxEventBytes(200L * mib));
    assertEquals(8 * mib, AnswerForwarder.maxEventBytes(64L * mib));
    var large =
        DELTA.replace("hé", "x".repeat(Math.min(20 * mib, AnswerForwarder.MAX_EVENT_BYTES - 1024)));
    try (var harness =
        new ClientHarness(wire ->
            wire.streamHead()
                .chunks(large.getBytes(StandardCharsets.UTF_8), 64 * 1024)
                .chunk(STOP + DONE)
                .endChunks())) {
      assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      assertEquals(large.length() + STOP.length() + DONE.length(), harness.sink.bytes().length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain", "application/octet-stream", ""})
  void eventsAreAStreamWhateverTheyAreCalled(String type) {
    for (String opening :
        new String[] {"", "\uFEFF", "\n", ": hello\n", "event: message\n", "id: 1\n"}) {
      var events = opening + DELTA + STOP + USAGE + DONE;
      var head = type.isEmpty() ? "" : "content-type: " + type + "\r\n";
      for (int size : new int[] {1, 4096}) {
        try (var harness =
            new ClientHarness(wire ->
                wire.raw("HTTP/1.1 200 OK\r\n" + head + "transfer-encoding: chunked\r\n\r\n")
                    .chunks(events.getBytes(StandardCharsets.UTF_8), size)
                    .endChunks())) {
          var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
          assertEquals(opening + DELTA + STOP + DONE, harness.sink.text());
          assertEquals(
              "text/event-stream; charset=utf-8", harness.sink.headers().get("content-type"));
          assertInstanceOf(Consumption.Measured.class, outcome.consumption());
        }
      }
    }
  }

  @Test
  void eventsThatWereNotAskedForAreNoAnswerAndTheirUsageCounts() {
    for (String type : new String[] {"text/event-stream", "application/json"}) {
      try (var harness =
          new ClientHarness(wire -> wire.answer(200, type, DELTA + STOP + USAGE + DONE))) {
        var outcome = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
        assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, outcome.error().code());
        assertEquals(new TokenCounts(4, 0, 1), outcome.consumption().counts());
        assertEquals(0, harness.sink.status());
      }
    }
    var error = "data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n";
    try (var harness = new ClientHarness(wire -> wire.answer(200, "text/event-stream", error))) {
      var outcome = assertInstanceOf(Failed.class, harness.call(Calls.PLAIN));
      assertEquals(ErrorCode.UPSTREAM_OVERLOADED, outcome.error().code());
      assertEquals(new Consumption.Nothing(), outcome.consumption());
    }
  }

  @Test
  void aHundredThousandEventsPass() {
    byte[] block = DELTA.repeat(1000).getBytes(StandardCharsets.UTF_8);
    var written = new AtomicInteger();
    try (var harness =
        new ClientHarness(wire -> {
          wire.streamHead();
          for (int i = 0; i < 100; i++) {
            wire.chunk(block);
          }
          wire.chunk(STOP + DONE).endChunks();
        })) {
      var counting =
          new AnswerSink() {
            @Override
            public void head(int status, Map<String, String> headers) {}

            @Override
            public void write(byte[] bytes, int offset, int length) {
              written.addAndGet(length);
              assertTrue(bytes.length <= 64 * 1024, "a buffer of " + bytes.length);
            }

            @Override
            public void end() {}
          };
      var outcome = harness.client.call(Calls.of(Calls.streaming("")), counting).outcome();
      assertEquals(100 * block.length + STOP.length() + DONE.length(), written.get());
      assertTrue(outcome.consumption().counts().completion() >= 100_000);
    }
  }

  @Test
  void generatedStreamsPassOverASocketInChunksOfAnySize() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var call = Calls.of(Calls.streaming(",\"stream_options\":{\"include_usage\":true}"));
    try (var harness = new ClientHarness(Wire::stall)) {
      for (int run = 0; run < 200; run++) {
        byte[] stream = StreamGenerator.stream(random);
        int size = 1 + random.nextInt(200);
        harness.provider.instead(wire -> wire.streamHead().chunks(stream, size).endChunks());
        var sink = new RecordingSink();
        harness.client.call(call, sink);
        assertArrayEquals(stream, sink.bytes(), "seed " + seed + ", run " + run);
      }
    }
  }

  @Test
  void manyCallsGoOnAtOnce() throws Exception {
    var all = new CountDownLatch(100);
    try (var harness =
        new ClientHarness(wire -> {
          all.countDown();
          wire.streamHead().await(all).chunk(STOP + DONE).endChunks();
        })) {
      var calls = new CompletableFuture<?>[100];
      for (int i = 0; i < calls.length; i++) {
        calls[i] =
            CompletableFuture.supplyAsync(
                () ->
                    harness
                        .client
                        .call(Calls.of(Calls.streaming("")), new RecordingSink())
                        .outcome(),
                task -> Thread.ofVirtual().start(task));
      }
      CompletableFuture.allOf(calls).get(60, TimeUnit.SECONDS);
      for (var call : calls) {
        assertInstanceOf(Answered.class, call.get());
      }
    }
  }

  @Test
  void theTimeToTheFirstByteIsMeasured() {
    try (var harness =
        new ClientHarness(wire -> wire.streamHead().pause(120).chunk(STOP + DONE).endChunks())) {
      var outcome = assertInstanceOf(Answered.class, harness.call(Calls.streaming("")));
      var time = outcome.timeToFirstByte().orElse(Duration.ZERO);
      assertTrue(time.compareTo(Duration.ofMillis(100)) > 0, time.toString());
    }
  }
}
