package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.json.KeySearch;
import dev.chatgate.openai.sse.SlicedStream;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderCall;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.provider.redaction.SplitKeySearch;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a stream goes to the tenant, without a socket. */
class StreamRelayTest {
  private static final String DONE = "data: [DONE]\n\n";
  private static final KnownKeys KEYS = ClientHarness.known();
  private static final String WITH_USAGE = ",\"stream_options\":{\"include_usage\":true}";

  private static final class Relayed {
    private final ReceivedText received = new ReceivedText();
    private final ReportedUsage usage;
    private final RecordingSink sink = new RecordingSink();
    private final DisconnectTolerantSink patient = new DisconnectTolerantSink(sink);
    private final StreamRelay relay;

    Relayed(ProviderCall call) {
      var output = new ReceivedOutput(received, new SplitKeySearch(KEYS));
      var reader = call.request().answerReader(call.isRenamed(), output);
      usage = new ReportedUsage(reader, KEYS);
      relay = new StreamRelay(reader, output.keys(), usage, new HashSet<>(), KEYS);
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

    /** Takes whole events and writes what may leave. */
    void feed(String events) {
      var bytes = events.getBytes(StandardCharsets.UTF_8);
      var reader = new SseReader(1 << 20);
      try {
        reader.fill(new SlicedStream(bytes, () -> bytes.length));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      relay.takeAll(reader);
      relay.flushTo(patient);
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
    for (String missing : List.of("", "\n", "\r", "\r\n")) {
      var last = stop(0).strip() + missing;
      var relayed = relay(chunk("a", "") + last);
      var end = missing.endsWith("\n") ? "\n" : "\n\n";
      assertEquals(chunk("a", "") + last + end, relayed.text());
      assertEquals(Optional.empty(), relayed.brokenBy());
    }
  }

  @Test
  void aLastEventThatIsEditedOrRespelledGetsItsBlankLineToo() {
    assertEquals(stop(0) + DONE, relay(stop(0) + "data:[DONE] ").text());
    var usage = ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}";
    var last = stop(0).strip();
    var relayed = relay(last.substring(0, last.length() - 1) + usage);
    assertEquals(stop(0), relayed.text());
    assertEquals(new TokenCounts(1, 0, 2), relayed.used().counts());
    assertEquals(stop(0), relay(stop(0) + "data: {\"choices\":[]" + usage).text());
  }

  @Test
  void aLastEventThatIsAnErrorHasItsBlankLineOnce() {
    var error = "data: {\"error\":{\"message\":\"boom\"}}";
    assertEquals(
        chunk("a", "") + "event: error\n" + error + "\n\n", relay(chunk("a", "") + error).text());
    var ours = relay(chunk("a", "") + "data: {\"error\":\"boom\"}").text();
    assertTrue(ours.endsWith("}}\n\n") && !ours.endsWith("\n\n\n"), ours);
  }

  @Test
  void anErrorBehindAnEventWithoutItsBlankLineIsAnEventOfItsOwn() {
    var relayed = relay(chunk("a", "").strip());
    assertTrue(relayed.text().startsWith(chunk("a", "") + "event: error\n"));
    var comment = relay(chunk("a", "") + ": beat");
    assertTrue(comment.text().startsWith(chunk("a", "") + ": beat\n\nevent: error\n"));
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
    var first = "\uFEFF: hello\r";
    assertEquals(
        first + "id: 3\revent: error\n" + data + "\r\r",
        relay(first + "id: 3\r" + data + "\r\r").text());
    assertEquals(first + "event: error\n" + data + "\n\n", relay(first + data).text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data: {\"error\":\"boom\"} | boom | upstream_error",
        "data: {\"error\":{\"message\":\"boom\",\"code\":500}} | boom | 500",
        "data: {\"error\":{\"message\":\"boom\",\"code\":429,\"type\":\"x\"}} | boom | 429",
        "data: {\"error\":{\"message\":\"boom\",\"code\":\"c\",\"status\":7}} | boom | c",
        "data: {\"object\":\"error\",\"message\":\"boom\",\"code\":400} | boom | 400",
        "data: {\"type\":\"error\",\"message\":\"boom\"} | boom | upstream_error",
        "data: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"boom\",\"code\":1}} | boom | 1",
        "data: {\"detail\":\"boom\"} | boom | upstream_error",
        "data: {\"detail\":[{\"loc\":[\"a\"],\"msg\":\"boom\"}]} | boom | upstream_error",
        "data: {\"errors\":[{\"message\":\"boom\",\"code\":\"c\"}]} | boom | c",
        "data: {\"message\":\"boom\",\"code\":\"c\"} | boom | c",
        "data: {\"msg\":\"boom\",\"status_code\":1013} | boom | 1013",
        "data: {\"status\":\"error\",\"message\":\"boom\"} | boom | upstream_error",
        "data: {\"success\":false,\"message\":\"boom\"} | boom | upstream_error",
        "data: [{\"error\":{\"message\":\"boom\",\"code\":\"c\"}}] | boom | c",
        "data: {\"base_resp\":{\"status_code\":1039,\"status_msg\":\"boom\"},\"choices\":null} | boom | 1039",
        "data: {\"choices\":[{\"index\":0}],\"error\":{\"message\":\"boom\",\"code\":502}} | boom | 502",
        "data: {\"error\":true} | The provider reported an error in its answer. | upstream_error",
        "data: {\"error\":{\"message\":1}} | The provider reported an error in its answer. | 1",
        "event: error§data: it broke | it broke | upstream_error",
        "event: error§data: {\"detail\":\"x\"} | x | upstream_error",
        "event: error§data: <html> | The provider reported an error in its answer. | upstream_error",
        "event: error§data: {\"err | The provider reported an error in its answer. | upstream_error",
        "event: failure§data: {\"error\":{\"message\":\"boom\"}} | boom | upstream_error"
      })
  void anErrorThatNotEveryLibraryShowsIsToldInTheUsualShape(
      String event, String message, String code) {
    var relayed = relay(chunk("a", "") + event.replace('§', '\n') + "\n\n" + DONE);
    assertEquals(Optional.of(ErrorCode.UPSTREAM_ERROR), relayed.brokenBy());
    var text = relayed.text();
    assertTrue(
        text.startsWith(
            chunk("a", "") + "event: error\ndata: {\"error\":{\"message\":\"" + message + "\""),
        text);
    assertTrue(code.equals("1") || text.endsWith("\"code\":\"" + code + "\"}}\n\n"), text);
    assertFalse(text.contains("[DONE]"), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"x\"}",
        "{\"type\":\"ping\"}",
        "{\"type\":\"ping\",\"message\":\"still here\"}",
        "{\"object\":\"search\",\"errors\":[]}",
        "{\"choices\":[],\"error\":null}",
        "{\"choices\":[{\"index\":0}],\"error\":{}}",
        "{\"choices\":[{\"index\":0}],\"error\":\"\"}",
        "{\"choices\":[{\"index\":0}],\"error\":{\"code\":0,\"message\":\"\"}}",
        "{\"choices\":[{\"index\":0}],\"error\":false}",
        "{\"choices\":[{\"index\":0}],\"detail\":\"x\",\"message\":\"y\",\"code\":\"z\"}",
        "{\"base_resp\":{\"status_code\":0,\"status_msg\":\"success\"}}",
        "{\"code\":200,\"message\":\"fine\"}",
        "[]",
        "1"
      })
  void whatSaysNoErrorPasses(String data) {
    var events = "data: " + data + "\n\n" + stop(0) + DONE;
    var relayed = relay(events);
    assertEquals(events, relayed.text());
    assertEquals(Optional.empty(), relayed.brokenBy());
  }

  @Test
  void anErrorBeforeAnythingElseIsTheAnswerAndNothingIsWritten() {
    for (String error :
        List.of(
            "data: {\"error\":{\"message\":\"boom\",\"code\":429}}\n\n",
            "event: error\ndata: {\"message\":\"boom\",\"type\":\"rate_limit_error\"}\n\n",
            "data: {\"error\":{\"message\":\"Rate limit exceeded\"}}")) {
      var relayed = relay(error);
      assertEquals("", relayed.text());
      var refusal = (ErrorVerdict.Ours) relayed.relay.refusal().orElseThrow();
      assertEquals(ErrorCode.UPSTREAM_OVERLOADED, refusal.error().code());
    }
  }

  @Test
  void nothingAboutOurKeyPasses() {
    for (String error :
        List.of(
            "{\"error\":{\"message\":\"no\",\"code\":\"invalid_api_key\"}}",
            "{\"error\":{\"message\":\"no\",\"type\":\"authentication_error\"}}",
            "{\"error\":{\"message\":\"no\",\"code\":402}}",
            "{\"message\":\"no\",\"code\":\"InvalidApiKey\"}",
            "{\"object\":\"error\",\"message\":\"no\",\"code\":401}",
            "{\"detail\":\"Your API key is no good\"}",
            "{\"error\":{\"message\":\"Incorrect \\u0041PI key provided: sk-ab***yz\"}}",
            "{\"error\":{\"message\":\"look: sk-provider-secret\"}}")) {
      var relayed = relay(chunk("a", "") + "data: " + error + "\n\n");
      assertEquals(Optional.of(ErrorCode.UPSTREAM_AUTH), relayed.brokenBy(), error);
      assertFalse(relayed.text().contains("sk-"));
      assertFalse(relayed.text().contains("no\""));
      var alone = relay("data: " + error + "\n\n").relay.refusal().orElseThrow();
      assertEquals(ErrorCode.UPSTREAM_AUTH, ((ErrorVerdict.Ours) alone).error().code(), error);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ": sk-provider-secret\n",
        ": sk-provider-secret\n\n",
        "event: sk-provider-secret\n\n",
        "event: sk-provider-secret\ndata: x\n\n",
        "id: sk-provider-secret\ndata: {}\n\n",
        "retry: sk-provider-secret\n\n",
        "x-sk-provider-secret: 1\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"sk-provider-secret\"}}]}\n\n",
        "data: {\"choices\":[],\"a\":\"\\u0073k-pro\\u0076ider-secr\\u0065T\\u0065\"}\n\n",
        "data: {\"choices\":[],\"a\":\"\\u0073k-pro\\u0076ider-secr\\u0065t\"}\n\n",
        ": \\u0073k-pro\\u0076ider-\\u0073ecret\n\n",
        "data: {\"choices\":[],\"sk\\u002Dprovider-secret\":\"x\"}\n\n",
        "data: {\"choices\":[],\"a\":\"{\\\"b\\\":\\\"sk\\\\u002dprovider-secret\\\"}\"}\n\n",
        "data: [DONE] sk-provider-secret\n\n",
        ": sk-provider-secret",
        "data: {\"choices\":[],\"a\":\"sk-provider-secret\"}"
      })
  void noBytesHoldOurKey(String event) {
    boolean key = !event.contains("secr\\u0065T");
    for (int size : List.of(1, 2, 3, 4096)) {
      byte[] bytes = (chunk("a", "") + event).getBytes(StandardCharsets.UTF_8);
      var relayed = new Relayed(Calls.of(Calls.streaming(""))).take(bytes, () -> size);
      assertEquals(
          Optional.of(key ? ErrorCode.UPSTREAM_AUTH : ErrorCode.UPSTREAM_INCOMPLETE),
          relayed.brokenBy(),
          event);
      assertTrue(relayed.text().startsWith(chunk("a", "")));
      assertFalse(new KeySearch(List.of(ClientHarness.KEY.secret())).finds(relayed.text()));
    }
  }

  @Test
  void aKeySpelledByTheTextOfSeveralEventsIsNeverWhole() {
    var key = ClientHarness.KEY.secret();
    for (int size = 1; size < key.length(); size++) {
      var events = new StringBuilder(chunk("a", ""));
      for (int at = 0; at < key.length(); at += size) {
        events.append(chunk(key.substring(at, Math.min(key.length(), at + size)), ""));
        events.append(": beat\n").append(chunk("", ""));
      }
      var relayed = relay(events + stop(0) + DONE);
      assertEquals(Optional.of(ErrorCode.UPSTREAM_AUTH), relayed.brokenBy());
      var written = relayed.text().replaceAll("(?s)event: error.*", "");
      var content = written.replaceAll("(?s).*?\"content\":\"([^\"]*)\"[^\"]*", "$1");
      int held = KEYS.search().leastHeld(0);
      assertFalse(content.contains(key.substring(0, held)), content);
    }
  }

  @Test
  void whatWaitedLeavesWithTheEndOfItsChoiceOrOfTheStream() {
    var begun = chunk("see sk-provider-secre", "");
    for (var end : List.of(stop(0) + DONE, DONE)) {
      var relayed = relay(begun + end);
      assertEquals(begun + end, relayed.text());
      assertEquals(Optional.empty(), relayed.brokenBy());
    }
  }

  @Test
  void aChoiceThatHasEndedHoldsNoOtherBack() {
    var ended = chunk("see sk-provider-secre", ",\"finish_reason\":\"stop\"");
    var relayed = new Relayed(Calls.of(Calls.streaming(",\"n\":2")));
    var events = new StringBuilder(ended);
    relayed.feed(ended);
    for (int i = 0; i < 3; i++) {
      var other = ended.replace("\"index\":0", "\"index\":1").replace("\"stop\"", "null");
      var going = other.replace("see sk-provider-secre", "on and on");
      relayed.feed(going);
      events.append(going);
      assertEquals(events.toString(), relayed.text());
    }
  }

  @Test
  void whatOnlyBeginsLikeAKeyPassesWithTheNextEvent() {
    var relayed = new Relayed(Calls.of(Calls.streaming("")));
    relayed.take(
        (chunk("see sk-prov", "") + chunk("ide", "") + chunk("rs", "") + stop(0) + DONE)
            .getBytes(StandardCharsets.UTF_8),
        () -> 4096);
    assertEquals(
        chunk("see sk-prov", "") + chunk("ide", "") + chunk("rs", "") + stop(0) + DONE,
        relayed.text());
    var cut = relay(chunk("see sk-provider-secre", ""));
    assertTrue(cut.text().startsWith(chunk("see sk-provider-secre", "") + "event: error\n"));
  }

  @Test
  void otherMembersThanUsageStay() {
    var usage = "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}";
    for (String chunk :
        List.of(
            "{\"choices\":[],%s,\"citations\":[1]}",
            "{\"x_groq\":{\"id\":\"r\"},%s,\"choices\":[]}", "{\"id\":\"x\",\"note\":\"n\",%s}")) {
      var relayed = relay(stop(0) + "data: " + chunk.formatted(usage) + "\n\n" + DONE);
      var without = chunk.replace(",%s", "");
      assertEquals(stop(0) + "data: " + without + "\n\n" + DONE, relayed.text());
      assertEquals(new TokenCounts(1, 0, 2), relayed.used().counts());
    }
    var envelope =
        "{\"id\":\"x\",\"object\":\"o\",\"created\":1,\"model\":\"m\",\"system_fingerprint\":\"f\","
            + "\"service_tier\":\"s\",\"obfuscation\":\"zz\",\"error\":null,\"x\":null,\"choices\":[],"
            + usage
            + "}";
    assertEquals(stop(0) + DONE, relay(stop(0) + "data: " + envelope + "\n\n" + DONE).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"null\"", "\"\"", "null", "\"None\""})
  void aReasonThatIsNoneDoesNotFinishTheChoice(String reason) {
    var going = chunk("a", ",\"finish_reason\":" + reason);
    assertEquals(Optional.of(ErrorCode.UPSTREAM_INCOMPLETE), relay(going).brokenBy());
    assertEquals(Optional.empty(), relay(going + stop(0)).brokenBy());
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
