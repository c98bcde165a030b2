package dev.chatgate.openai.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.sse.SlicedStream;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a stream goes to the tenant, without a socket. */
class StreamRelayTest {
  private static final String DONE = "data: [DONE]\n\n";
  private static final String WITH_USAGE = ",\"stream_options\":{\"include_usage\":true}";

  private static final class Relayed {
    private final ReceivedText received = new ReceivedText();
    private final AnswerParser parser = new AnswerParser(received);
    private final UsageMeter usage = new UsageMeter();
    private final RecordingSink sink = new RecordingSink();
    private final PatientSink patient = new PatientSink(sink);
    private final StreamRelay relay;

    Relayed(ProviderCall call) {
      relay = new StreamRelay(call, parser, usage, ClientHarness.KEY);
      patient.head("text/event-stream");
    }

    Relayed take(byte[] bytes, IntSupplier sizes) {
      var reader = new SseReader(1 << 20);
      var in = new SlicedStream(bytes, sizes);
      try {
        while (!relay.hasEnded() && reader.fill(in)) {
          relay.takeAll(reader);
          relay.flushTo(patient);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (!relay.hasEnded()) {
        relay.takeAll(reader);
        reader.rest().ifPresent(relay::takeRest);
        relay.streamEnded();
      }
      relay.flushTo(patient);
      return this;
    }

    String text() {
      return sink.text();
    }

    Optional<ErrorCode> brokenBy() {
      return relay.brokenBy();
    }

    Consumption used() {
      return usage.consumption(() -> new TokenCounts(5, 0, received.tokens(text -> text.length())));
    }
  }

  private static Relayed relay(String request, String events) {
    return relay(Calls.of(request), events);
  }

  private static Relayed relay(ProviderCall call, String events) {
    return new Relayed(call).take(events.getBytes(StandardCharsets.UTF_8), () -> 4096);
  }

  private static Relayed relay(String events) {
    return relay(Calls.streaming(""), events);
  }

  private static String chunk(String content, String rest) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + content
        + "\"}"
        + rest
        + "}]}\n\n";
  }

  private static String stop(int index) {
    return "data: {\"choices\":[{\"index\":"
        + index
        + ",\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4096})
  void healthyEventsPassAsTheyCameWhateverTheReads(int size) {
    var events =
        ("\uFEFF: hello§§id: 1§event: message§data: {\"choices\":[{\"delta\":{\"content\":\"é😀\"},§data:"
            + " \"index\":0}]}§§data:{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
            + "\"function\":{\"arguments\":\"{\"}}]},\"finish_reason\":null,\"logprobs\":{\"content\":[]}}],"
            + "\"error\":null,\"seed\":9007199254740993,\"t\":1.0}§§event: ping§§data:§§retry: 5§§"
            + "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"r\"},"
            + "\"finish_reason\":\"tool_calls\"}]}§§data: [DONE]§§");
    for (String end : List.of("\n", "\r", "\r\n")) {
      var bytes = events.replace("§", end).getBytes(StandardCharsets.UTF_8);
      var relayed = new Relayed(Calls.of(Calls.streaming(""))).take(bytes, () -> size);
      assertArrayEquals(bytes, relayed.sink.bytes());
      assertEquals(Optional.empty(), relayed.brokenBy());
    }
  }

  @Test
  void nothingBehindTheEndIsPassed() {
    var events = chunk("a", "") + stop(0) + DONE;
    assertEquals(events, relay(events + ": late\n\n" + chunk("b", "")).text());
  }

  @Test
  void anEndWithWhiteSpaceAroundItIsSpelledExactly() {
    assertEquals(stop(0) + DONE, relay(stop(0) + "data: [DONE] \n\n").text());
    assertEquals(stop(0) + "data: [DONE]\r\n\r\n", relay(stop(0) + "data:[DONE]\t\r\n\r\n").text());
    assertEquals(stop(0) + DONE, relay(stop(0) + "data\ndata: [DONE]\ndata\n\n").text());
  }

  @Test
  void anEndWithoutAFinishReasonPassesAsItIs() {
    var relayed = relay(chunk("a", "") + DONE);
    assertEquals(chunk("a", "") + DONE, relayed.text());
    assertEquals(Optional.empty(), relayed.brokenBy());
  }

  @Test
  void aStreamThatEndsBeforeEveryChoiceHasFinishedIsIncomplete() {
    var relayed = relay(chunk("a", ""));
    assertEquals(Optional.of(ErrorCode.UPSTREAM_INCOMPLETE), relayed.brokenBy());
    assertTrue(relayed.text().startsWith(chunk("a", "") + "event: error\ndata: {\"error\":"));
    assertTrue(relayed.text().contains("\"code\":\"upstream_incomplete\""));
    assertTrue(relayed.text().endsWith("}}\n\n"));
    assertFalse(relayed.text().contains("[DONE]"));
  }

  @Test
  void anEmptyStreamIsIncomplete() {
    assertEquals(Optional.of(ErrorCode.UPSTREAM_INCOMPLETE), relay("").brokenBy());
  }

  @Test
  void everyOneOfSeveralChoicesMustFinish() {
    var request = Calls.streaming(",\"n\":3");
    var two = chunk("a", "") + stop(2) + stop(0);
    assertEquals(Optional.of(ErrorCode.UPSTREAM_INCOMPLETE), relay(request, two).brokenBy());
    var all = relay(request, two + stop(1));
    assertEquals(Optional.empty(), all.brokenBy());
    assertEquals(two + stop(1), all.text());
  }

  @Test
  void anEventThatWasCutIsNotPassedAndTheErrorStandsAlone() {
    var relayed = relay(chunk("a", "") + "data: {\"choices\":[{\"ind");
    assertTrue(relayed.text().startsWith(chunk("a", "") + "event: error\n"));
  }

  @Test
  void aWholeLastEventWithoutItsBlankLinePassesAndCounts() {
    var last = stop(0).strip();
    var relayed = relay(chunk("a", "") + last);
    assertEquals(chunk("a", "") + last, relayed.text());
    assertEquals(Optional.empty(), relayed.brokenBy());
  }

  @Test
  void anErrorBehindAnEventWithoutItsBlankLineIsAnEventOfItsOwn() {
    var relayed = relay(chunk("a", "").strip());
    assertTrue(relayed.text().startsWith(chunk("a", "").strip() + "\n\nevent: error\n"));
  }

  @Test
  void usageThatWasAskedForPasses() {
    var events =
        chunk("a", "")
            + stop(0)
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
            + "\"completion_tokens\":2}}\n\n"
            + DONE;
    var relayed = relay(Calls.streaming(WITH_USAGE), events);
    assertEquals(events, relayed.text());
    assertEquals(new TokenCounts(1, 0, 2), relayed.used().counts());
  }

  @Test
  void unaskedUsageGoesAndNothingElse() {
    var usage = "{ \"prompt_tokens\":1,\n \"completion_tokens\": 2 }".replace("\n", "");
    var cases =
        List.of(
            List.of("{\"usage\":%s,\"choices\":[{}]}", "{\"choices\":[{}]}"),
            List.of("{ \"usage\" : %s , \"choices\":[{}]}", "{ \"choices\":[{}]}"),
            List.of("{\"choices\":[{}],\"usage\":%s}", "{\"choices\":[{}]}"),
            List.of("{\"choices\":[{}] , \"usage\" :%s }", "{\"choices\":[{}]  }"),
            List.of("{\"choices\":[{}],\"usage\":%s,\"x\":1}", "{\"choices\":[{}],\"x\":1}"),
            List.of(
                "{\"a\":\"é\",\"choices\":[{}],\"us\\u0061ge\":%s}",
                "{\"a\":\"é\",\"choices\":[{}]}"),
            List.of(
                "{\"usage\":%s,\"usage\":null,\"choices\":[{}],\"usage\":1,\"y\":{\"usage\":2}}",
                "{\"choices\":[{}],\"y\":{\"usage\":2}}"));
    for (var pair : cases) {
      var chunk = "data: " + pair.getFirst().formatted(usage) + "\n\n";
      assertEquals("data: " + pair.getLast() + "\n\n" + DONE, relay(chunk + DONE).text(), chunk);
    }
  }

  @Test
  void aNullThatOurAskingBroughtGoesToo() {
    assertEquals(
        "data: {\"choices\":[]}\n\n" + DONE,
        relay("data: {\"choices\":[],\"usage\":null}\n\n" + DONE).text());
  }

  @Test
  void theUnaskedUsageChunkIsDroppedWithItsWholeEvent() {
    var usage = "{\"prompt_tokens\":1,\"completion_tokens\":2}";
    for (String chunk : List.of("{\"choices\":[],\"usage\":%s}", "{\"id\":\"x\",\"usage\":%s}")) {
      var events = stop(0) + "id: 4\r\ndata: " + chunk.formatted(usage) + "\r\n\r\n" + DONE;
      var relayed = relay(events);
      assertEquals(stop(0) + DONE, relayed.text());
      assertEquals(new Consumption.Measured(new TokenCounts(1, 0, 2), usage), relayed.used());
    }
  }

  @Test
  void usageInAnEventOfSeveralDataLinesIsCutAcrossThem() {
    var event =
        "data: {\"choices\":[{\"index\":0}],\ndata: \"usage\":{\"prompt_tokens\":1,\ndata:"
            + " \"completion_tokens\":2},\ndata:\"x\":1}\n\n";
    var relayed = relay(event + DONE);
    assertEquals("data: {\"choices\":[{\"index\":0}],\ndata:\"x\":1}\n\n" + DONE, relayed.text());
    assertEquals(new TokenCounts(1, 0, 2), relayed.used().counts());
  }

  @Test
  void theLastOfSeveralUsagesCounts() {
    var relayed =
        relay(
            "data: {\"choices\":[{}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"
                + "data: {\"choices\":[{}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":9}}\n\n"
                + DONE);
    assertEquals(new TokenCounts(1, 0, 9), relayed.used().counts());
  }

  @Test
  void theAliasStandsInEveryChunk() {
    var call =
        Calls.of(
            Calls.streaming("").replace("\"m\"", "\"schnell \\\"é\""),
            Optional.of("real/model"),
            Duration.ofSeconds(9));
    var events =
        "data: {\"id\":\"€\",\"model\" : \"real/model\" ,\"choices\":[{\"model\":\"real/model\"}]}\n\n"
            + "data: {\"usage\":null,\"model\":\"other\",\"choices\":[]}\n\n"
            + "data: {\"model\":null}\n\n"
            + DONE;
    assertEquals(
        "data: {\"id\":\"€\",\"model\" : \"schnell \\\"é\" ,\"choices\":[{\"model\":\"real/model\"}]}\n\n"
            + "data: {\"model\":\"schnell \\\"é\",\"choices\":[]}\n\n"
            + "data: {\"model\":null}\n\n"
            + DONE,
        relay(call, events).text());
  }

  @Test
  void anErrorEventThatEveryLibrarySeesPassesAsItCameAndEndsTheStream() {
    var error = "event: error\r\ndata: {\"error\":{\"message\":\"boom\",\"code\":\"x\"}}\r\n\r\n";
    var relayed = relay(chunk("a", "") + error + DONE);
    assertEquals(chunk("a", "") + error, relayed.text());
    assertEquals(Optional.of(ErrorCode.UPSTREAM_ERROR), relayed.brokenBy());
  }

  @Test
  void anErrorWithoutItsEventNameIsGivenOne() {
    var error = "data: {\"error\":{\"message\":\"boom\",\"type\":null,\"code\":\"x\"}}\n\n";
    var relayed = relay(chunk("a", "") + error + DONE);
    assertEquals(chunk("a", "") + "event: error\n" + error, relayed.text());
    assertEquals(Optional.of(ErrorCode.UPSTREAM_ERROR), relayed.brokenBy());
  }

  @Test
  void theNameStandsBeforeTheDataWhateverComesFirst() {
    var data = "data: {\"error\":{\"message\":\"boom\"}}";
    assertEquals(
        "\uFEFFid: 3\revent: error\n" + data + "\r\r",
        relay("\uFEFFid: 3\r" + data + "\r\r").text());
    assertEquals("\uFEFFevent: error\n" + data + "\n\n", relay("\uFEFF" + data + "\n\n").text());
    assertEquals("event: error\n" + data + "\n\n", relay(data).text());
  }

  @Test
  void anErrorThatNoLibraryCanShowBecomesOurs() {
    for (String error :
        List.of(
            "data: {\"error\":\"boom\"}\n\n",
            "data: {\"error\":{\"message\":1}}\n\n",
            "data: {\"error\":{\"message\":\"boom\",\"code\":500}}\n\n",
            "event: error\ndata: it broke\n\n",
            "event: error\ndata: {\"detail\":\"x\"}\n\n",
            "event: failure\ndata: {\"error\":{\"message\":\"boom\"}}\n\n")) {
      var relayed = relay(chunk("a", "") + error + DONE);
      assertEquals(Optional.of(ErrorCode.UPSTREAM_ERROR), relayed.brokenBy(), error);
      assertTrue(
          relayed
              .text()
              .startsWith(chunk("a", "") + "event: error\ndata: {\"error\":{\"message\":"));
      assertFalse(relayed.text().contains("boom"));
    }
  }

  @Test
  void nothingAboutOurKeyPasses() {
    for (String error :
        List.of(
            "{\"error\":{\"message\":\"no\",\"code\":\"invalid_api_key\"}}",
            "{\"error\":{\"message\":\"no\",\"type\":\"authentication_error\"}}",
            "{\"error\":{\"message\":\"no\",\"code\":402}}",
            "{\"error\":{\"message\":\"Incorrect API key provided: sk-ab***yz\"}}",
            "{\"error\":{\"message\":\"look: sk-provider-secret\"}}")) {
      var relayed = relay("data: " + error + "\n\n");
      assertEquals(Optional.of(ErrorCode.UPSTREAM_AUTH), relayed.brokenBy(), error);
      assertFalse(relayed.text().contains("sk-"));
      assertFalse(relayed.text().contains("no\""));
    }
  }

  @Test
  void aChunkThatIsNotJsonBreaksTheStream() {
    for (String bad : List.of("{\"choices\":[", "<html>", "{} {}", "{\"a\":\"\u0001\"}")) {
      var relayed = relay(chunk("a", "") + "data: " + bad + "\n\n" + DONE);
      assertEquals(Optional.of(ErrorCode.UPSTREAM_INVALID_RESPONSE), relayed.brokenBy(), bad);
      assertTrue(relayed.text().startsWith(chunk("a", "") + "event: error\n"));
    }
  }

  @Test
  void anEventOfAnotherNameMayHoldAnything() {
    var events = "event: telemetry\ndata: not json\n\n" + stop(0) + DONE;
    assertEquals(events, relay(events).text());
  }

  @Test
  void whatWasReceivedIsCountedIfTheProviderDoesNotSay() {
    var events =
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"abc\"},\"index\":1}]}\n\n"
            + "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"de\",\"tool_calls\":[{"
            + "\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"gh\"}}]}}]}\n\n"
            + DONE;
    assertEquals(
        new Consumption.Estimated(new TokenCounts(5, 0, 8), Optional.empty()),
        relay(events).used());
  }

  @Test
  void tenThousandGeneratedStreamsComeOutAsTheyWentIn() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var call = Calls.of(Calls.streaming(WITH_USAGE));
    for (int run = 0; run < 10_000; run++) {
      byte[] stream = StreamGenerator.stream(random);
      var relayed = new Relayed(call).take(stream, () -> 1 + random.nextInt(60));
      assertArrayEquals(stream, relayed.sink.bytes(), "seed " + seed + ", run " + run);
      assertEquals(Optional.empty(), relayed.brokenBy(), "seed " + seed + ", run " + run);
    }
  }

  @Test
  void tenThousandGeneratedStreamsLoseTheirUnaskedUsageAndNothingElse() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var call = Calls.of(Calls.streaming(""));
    for (int run = 0; run < 10_000; run++) {
      var pair = StreamGenerator.withUsage(random);
      var relayed = new Relayed(call).take(pair.sent(), () -> 1 + random.nextInt(60));
      assertEquals(
          new String(pair.expected(), StandardCharsets.UTF_8),
          relayed.text(),
          "seed " + seed + ", run " + run);
    }
  }
}
