package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.AnswerSink;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.Compressed;
import dev.chatgate.provider.Compressed.Format;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderOutcome.PassedThrough;
import dev.chatgate.provider.Questions;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.provider.answer.ProviderErrors;
import dev.chatgate.testkit.Wire;
import dev.chatgate.usage.Consumption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider that compresses though it is asked not to. */
class ProviderCompressionTest {
  private static final String DONE = "data: [DONE]\n\n";
  private static final String STREAM = "text/event-stream";
  private static final String JSON = "application/json";

  private static void answer(Wire wire, int status, String type, String coding, byte[] body)
      throws IOException {
    var head =
        "HTTP/1.1 %d Scripted\r\ncontent-type: %s\r\n%scontent-length: %d\r\n\r\n"
            .formatted(
                status,
                type,
                coding.isEmpty() ? "" : "content-encoding: " + coding + "\r\n",
                body.length);
    wire.raw(head).raw(body);
  }

  @Test
  void noCodingIsAskedFor() throws Exception {
    try (var harness = new ClientHarness(wire -> wire.json(200, Questions.answer(1)))) {
      harness.call(Questions.plain(1));
      harness.client.models(Duration.ofSeconds(20));
      assertEquals("identity", harness.provider.takeRequest().header("accept-encoding"));
      assertEquals("identity", harness.provider.takeRequest().header("accept-encoding"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPlainAnswerIsReadAllTheSame(Format format) {
    try (var harness =
        new ClientHarness(wire ->
            answer(
                wire, 200, JSON, format.coding, Compressed.whole(format, Questions.answer(1))))) {
      for (int i = 0; i < 3; i++) {
        var sink = new RecordingSink();
        Questions.assertOwnAnswer(1, harness.client.call(Questions.plain(1), sink).outcome(), sink);
        assertEquals(Questions.answer(1), sink.text());
        assertEquals(Map.of("content-type", JSON), sink.headers());
      }
      assertEquals(1, harness.provider.connections());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStreamIsReadAllTheSame(Format format) {
    var body = Compressed.whole(format, Questions.stream(1, DONE));
    try (var harness = new ClientHarness(wire -> answer(wire, 200, STREAM, format.coding, body))) {
      for (int i = 0; i < 3; i++) {
        var sink = new RecordingSink();
        Questions.assertOwnAnswer(
            1, harness.client.call(Questions.stream(1), sink).outcome(), sink);
        assertEquals(Questions.events(1) + DONE, sink.text());
        assertFalse(sink.headers().containsKey("content-encoding"));
      }
      assertEquals(1, harness.provider.connections());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyEventArrivesWhileTheNextIsStillToBeSent(Format format) throws Exception {
    var next = new CountDownLatch(1);
    var last = new CountDownLatch(1);
    var compressed = new Compressed(format);
    var first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"h\"}}]}\n\n";
    try (var harness =
        new ClientHarness(wire -> {
          wire.raw(
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: "
                  + format.coding
                  + "\r\ntransfer-encoding: chunked\r\n\r\n");
          wire.chunk(piece(compressed, first)).await(next);
          wire.chunks(piece(compressed, ": beat\n"), 1).await(last);
          wire.chunk(piece(compressed, Questions.stream(1, DONE)));
          wire.chunk(compressed.end()).endChunks();
        })) {
      var outcome =
          CompletableFuture.supplyAsync(
              () -> harness.call(Questions.stream(1)), task -> Thread.ofVirtual().start(task));
      assertEquals(first, harness.sink.nextWrite());
      next.countDown();
      assertEquals(": beat\n", harness.sink.nextWrite());
      last.countDown();
      assertEquals(Questions.events(1) + DONE, harness.sink.nextWrite());
      assertInstanceOf(Answered.class, outcome.get(30, TimeUnit.SECONDS));
    }
  }

  private static byte[] piece(Compressed compressed, String text) {
    return compressed.piece(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip, gzip", "br", "zstd", "gzip\r\ncontent-encoding: deflate"})
  void anotherCodingIsNoAnswer(String coding) {
    try (var harness =
        new ClientHarness(wire ->
            answer(
                wire,
                200,
                Questions.isStream(wire.request()) ? STREAM : JSON,
                coding,
                Questions.answer(1).getBytes(StandardCharsets.UTF_8)))) {
      var plain = assertInstanceOf(Failed.class, harness.call(Questions.plain(1)));
      assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, plain.error().code());
      var stream = assertInstanceOf(Failed.class, harness.call(Questions.stream(1)));
      assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, stream.error().code());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 422})
  void aRefusalPassesDecoded(int status) {
    var text = "{\"error\":{\"message\":\"unknown\"}}";
    var body = Compressed.whole(Format.GZIP, text);
    try (var harness = new ClientHarness(wire -> answer(wire, status, JSON, "gzip", body))) {
      var passed = assertInstanceOf(PassedThrough.class, harness.call(Questions.plain(1)));
      assertEquals(status, passed.status());
      assertEquals(text, new String(passed.body(), StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500})
  void anErrorThatDoesNotPassIsNamed(int status) {
    var body = Compressed.whole(Format.GZIP, "{}");
    try (var harness =
        new ClientHarness(
            ClientHarness.limits(5000, 20_000, 20_000, 0),
            ClientHarness.fixed(ClientHarness.KEY),
            wire -> answer(wire, status, JSON, "gzip", body))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Questions.plain(1)));
      assertEquals(ProviderErrors.of(status, Optional.empty()).code(), failed.error().code());
      assertEquals(1, harness.provider.connections());
    }
  }

  @Test
  void theListOfModelsIsRead() {
    var body = Compressed.whole(Format.GZIP, "{\"data\":[]}");
    try (var harness = new ClientHarness(wire -> answer(wire, 200, JSON, "gzip", body))) {
      assertEquals(
          "{\"data\":[]}",
          harness
              .client
              .models(Duration.ofSeconds(20))
              .map(list -> new String(list, StandardCharsets.UTF_8))
              .orElseThrow());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPlainAnswerThatIsCutIsIncompleteAndEstimated(Format format) {
    var whole = Compressed.whole(format, Questions.answer(1));
    var part = Arrays.copyOf(whole, whole.length - 1);
    try (var harness = new ClientHarness(wire -> answer(wire, 200, JSON, format.coding, part))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Questions.plain(1)));
      assertEquals(ErrorCode.UPSTREAM_INCOMPLETE, failed.error().code());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatIsCutIsIncompleteAndEstimated(Format format) {
    var compressed = new Compressed(format);
    var first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"h\"}}]}\n\n";
    byte[] part = compressed.piece(first.getBytes(StandardCharsets.UTF_8));
    try (var harness = new ClientHarness(wire -> answer(wire, 200, STREAM, format.coding, part))) {
      var answered = assertInstanceOf(Answered.class, harness.call(Questions.stream(1)));
      assertEquals(Optional.of(ErrorCode.UPSTREAM_INCOMPLETE), answered.brokenBy());
      assertInstanceOf(Consumption.Estimated.class, answered.consumption());
      assertTrue(harness.sink.text().startsWith(first + "event: error\n"));
    }
  }

  @Test
  void membersAndWhatStandsBehindThemAreTheCallsOwn() {
    var answer = Questions.answer(1);
    byte[] first = Compressed.whole(Format.GZIP, answer.substring(0, 20));
    byte[] second = Compressed.whole(Format.GZIP, answer.substring(20));
    byte[] all = Arrays.copyOf(first, first.length + second.length + 3);
    System.arraycopy(second, 0, all, first.length, second.length);
    try (var harness = new ClientHarness(wire -> answer(wire, 200, JSON, "gzip", all))) {
      for (int i = 0; i < 2; i++) {
        var sink = new RecordingSink();
        Questions.assertOwnAnswer(1, harness.client.call(Questions.plain(1), sink).outcome(), sink);
      }
      assertEquals(1, harness.provider.connections());
    }
  }

  /** A thousand times as large as what was sent. */
  @Test
  void aBombIsAnAnswerThatIsTooLarge() {
    byte[] bomb = Compressed.whole(Format.GZIP, " ".repeat(60 * 1024 * 1024));
    assertTrue(bomb.length < 100_000);
    try (var harness =
        new ClientHarness(wire ->
            answer(
                wire,
                wire.request().text().contains("question 1.") ? 200 : 400,
                JSON,
                "gzip",
                bomb))) {
      var failed = assertInstanceOf(Failed.class, harness.call(Questions.plain(1)));
      assertEquals(ErrorCode.RESPONSE_TOO_LARGE, failed.error().code());
      assertInstanceOf(Failed.class, harness.call(Questions.plain(2)));
    }
  }

  @Test
  void aBombThatIsOneEventBreaksTheStream() {
    byte[] bomb = Compressed.whole(Format.GZIP, "data: " + " ".repeat(60 * 1024 * 1024));
    var written = new AtomicLong();
    var counting =
        new AnswerSink() {
          @Override
          public void head(int status, Map<String, String> headers) {}

          @Override
          public void write(byte[] bytes, int offset, int length) {
            written.addAndGet(length);
          }

          @Override
          public void end() {}
        };
    try (var harness = new ClientHarness(wire -> answer(wire, 200, STREAM, "gzip", bomb))) {
      var outcome =
          assertInstanceOf(
              Answered.class, harness.client.call(Questions.stream(1), counting).outcome());
      assertEquals(Optional.of(ErrorCode.UPSTREAM_INVALID_RESPONSE), outcome.brokenBy());
      assertTrue(written.get() < 1000);
    }
  }

  /** What is behind the end of a stream is of no interest, and is not inflated. */
  @Test
  void aBombBehindTheEndOfAStreamIsNotInflated() {
    var compressed = new Compressed(Format.GZIP);
    byte[] end = piece(compressed, Questions.stream(1, DONE));
    byte[] bomb = piece(compressed, " ".repeat(30 * 1024 * 1024));
    try (var harness =
        new ClientHarness(wire -> {
          wire.raw("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n");
          wire.raw("content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n");
          wire.chunk(end).chunk(bomb).chunk(compressed.end()).endChunks();
        })) {
      var sink = new RecordingSink();
      Questions.assertOwnAnswer(1, harness.client.call(Questions.stream(1), sink).outcome(), sink);
      assertEquals(Questions.events(1) + DONE, sink.text());
    }
  }
}
