package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderOutcome.PassedThrough;
import dev.chatgate.provider.Questions;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.TestIdentity;
import dev.chatgate.testkit.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no request asked for are no answer (RFC 9112, section 9.2). */
class SurplusBytesTest {
  private static final String DONE = "data: [DONE]\n\n";
  private static final String IDLE_408 =
      "HTTP/1.1 408 Request Time-out\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

  private final Semaphore written = new Semaphore(0);

  /** What a provider may send besides its answer. */
  enum Surplus {
    ANSWER(Questions.http(666)),
    TIMEOUT(IDLE_408),
    UNFINISHED("HTTP/1.1 200 OK\r\ncontent-le"),
    CHUNK("5\r\nhello\r\n0\r\n\r\n"),
    EVENT(Questions.stream(666, DONE)),
    INFORMATION("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
    ONE_BYTE("}"),
    EMPTY_LINE("\r\n"),
    LARGE("x".repeat(100_000));

    private final String bytes;

    Surplus(String bytes) {
      this.bytes = bytes;
    }
  }

  private static ClientHarness harness(boolean tls, ScriptedProvider.Script... scripts) {
    var provider =
        tls
            ? ScriptedProvider.overTls(TestIdentity.context(), scripts)
            : new ScriptedProvider(scripts);
    return new ClientHarness(ClientHarness.limits(10_000, 20_000, 20_000, 2), provider);
  }

  /** A provider without a fault; in one write, for a stream's end is waited for but a moment. */
  private static void proper(Wire wire) throws IOException {
    var request = wire.request();
    wire.raw(properBytes(Questions.number(request), Questions.isStream(request)));
  }

  private static byte[] properBytes(int number, boolean stream) {
    var body = stream ? Questions.stream(number, DONE) : Questions.answer(number);
    var text =
        stream
            ? "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding:"
                + " chunked\r\n\r\n"
                + Integer.toHexString(body.length())
                + "\r\n"
                + body
                + "\r\n0\r\n\r\n"
            : "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void ask(ClientHarness harness, int number, boolean stream) {
    var sink = new RecordingSink();
    var call = stream ? Questions.stream(number) : Questions.plain(number);
    Questions.assertOwnAnswer(number, harness.client.call(call, sink).outcome(), sink);
  }

  private void awaitWritten() {
    try {
      assertTrue(written.tryAcquire(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Two calls of others follow, one of each sort, on a connection of their own. */
  private void othersAreAnswered(ClientHarness harness) {
    ask(harness, 2, false);
    ask(harness, 3, true);
    assertEquals(2, harness.provider.connections());
  }

  private void surplusInOneWrite(boolean tls, boolean stream, Surplus surplus) {
    try (var harness =
        harness(
            tls,
            wire -> {
              var answer = properBytes(1, stream);
              var more = surplus.bytes.getBytes(StandardCharsets.UTF_8);
              var both = java.util.Arrays.copyOf(answer, answer.length + more.length);
              System.arraycopy(more, 0, both, answer.length, more.length);
              wire.raw(both);
            },
            SurplusBytesTest::proper)) {
      ask(harness, 1, stream);
      othersAreAnswered(harness);
    }
  }

  @ParameterizedTest
  @EnumSource
  void behindAnAnswerInOneWrite(Surplus surplus) {
    surplusInOneWrite(false, false, surplus);
    surplusInOneWrite(false, true, surplus);
  }

  @ParameterizedTest
  @EnumSource
  void behindAnAnswerInOneWriteOverTls(Surplus surplus) {
    surplusInOneWrite(true, false, surplus);
    surplusInOneWrite(true, true, surplus);
  }

  private void surplusOnAnIdleConnection(boolean tls, boolean stream, Surplus surplus) {
    try (var harness =
        harness(
            tls,
            wire -> {
              wire.raw(properBytes(1, stream)).pause(40).raw(surplus.bytes);
              written.release();
            },
            SurplusBytesTest::proper)) {
      ask(harness, 1, stream);
      awaitWritten();
      othersAreAnswered(harness);
    }
  }

  @ParameterizedTest
  @EnumSource
  void laterOnAnIdleConnection(Surplus surplus) {
    surplusOnAnIdleConnection(false, false, surplus);
    surplusOnAnIdleConnection(false, true, surplus);
  }

  @ParameterizedTest
  @EnumSource
  void laterOnAnIdleConnectionOverTls(Surplus surplus) {
    surplusOnAnIdleConnection(true, false, surplus);
    surplusOnAnIdleConnection(true, true, surplus);
  }

  /** The time of a look at an idle connection is over when the call comes. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onAConnectionThatWasMadeReadyAndNeverUsed(boolean tls) throws IOException {
    try (var harness = harness(tls, SurplusBytesTest::proper)) {
      harness.client.connect();
      while (harness.provider.connections() == 0) {
        Thread.onSpinWait();
      }
      harness.provider.sendUnasked(Questions.http(666));
      ask(harness, 2, false);
      ask(harness, 3, true);
      assertEquals(2, harness.provider.connections());
    }
  }

  /** Behind {@code [DONE]} the connection is drained for a moment. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void behindTheEndOfAStreamWhileItIsDrained(boolean tls) {
    try (var harness =
        harness(
            tls,
            wire ->
                wire.streamHead()
                    .chunk(Questions.stream(1, DONE))
                    .pause(5)
                    .raw("0\r\n\r\n" + Questions.http(666)),
            SurplusBytesTest::proper)) {
      ask(harness, 1, true);
      othersAreAnswered(harness);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLengthThatIsTooShortIsTheCallsOwnFault(boolean tls) {
    try (var harness =
        harness(
            tls,
            wire -> {
              var body = Questions.answer(1);
              int half = body.length() / 2;
              wire.raw("HTTP/1.1 200 OK\r\ncontent-length: " + half + "\r\n\r\n" + body);
            },
            SurplusBytesTest::proper)) {
      var failed = assertInstanceOf(Failed.class, harness.call(Questions.plain(1)));
      assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, failed.error().code());
      othersAreAnswered(harness);
    }
  }

  /** The rest comes when nothing waits any more: the connection is closed for the broken answer. */
  @Test
  void aConnectionWithABrokenAnswerIsNotUsedAgain() {
    try (var harness =
        harness(
            false,
            wire -> wire.raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"choices"),
            SurplusBytesTest::proper)) {
      var failed = assertInstanceOf(Failed.class, harness.call(Questions.plain(1)));
      assertEquals(ErrorCode.UPSTREAM_INVALID_RESPONSE, failed.error().code());
      othersAreAnswered(harness);
    }
  }

  @Test
  void aConnectionWithAnAnswerOfTwoLengthsIsNotUsedAgain() {
    try (var harness =
        harness(
            false,
            wire -> {
              var body = Questions.answer(1);
              wire.raw(
                  "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n"
                      + Integer.toHexString(body.length())
                      + "\r\n"
                      + body
                      + "\r\n0\r\n\r\n");
            },
            SurplusBytesTest::proper)) {
      ask(harness, 1, false);
      othersAreAnswered(harness);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304, 400, 401, 404, 429, 500, 503})
  void behindAnAnswerThatIsNoSuccess(int status) {
    try (var harness =
        harness(
            false,
            wire ->
                wire.raw(
                    String.format(
                        Locale.ROOT,
                        "HTTP/1.1 %d Scripted\r\nretry-after-ms: 1\r\n%s\r\n%s%s",
                        status,
                        status == 204 || status == 304 ? "" : "content-length: 2\r\n",
                        status == 204 || status == 304 ? "" : "{}",
                        Questions.http(666))),
            SurplusBytesTest::proper)) {
      var sink = new RecordingSink();
      switch (harness.client.call(Questions.plain(1), sink).outcome()) {
        case ProviderOutcome.Answered answered -> Questions.assertOwnAnswer(1, answered, sink);
        case PassedThrough passed -> assertEquals(status, passed.status());
        case Failed failed ->
            assertEquals(0, failed.consumption().counts().completion(), failed::toString);
      }
      othersAreAnswered(harness);
    }
  }

  @Test
  void behindTheListOfModels() {
    try (var harness =
        harness(
            false,
            wire ->
                wire.raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}" + Questions.http(666)),
            SurplusBytesTest::proper)) {
      assertTrue(harness.client.models(Duration.ofSeconds(20)).isPresent());
      othersAreAnswered(harness);
    }
  }

  /** RFC 9110, section 15.2: they are no answers, however many there are. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void informationBeforeAnAnswerIsNoAnswer(boolean tls) {
    try (var harness =
        harness(
            tls,
            wire -> {
              wire.raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\na: b\r\n\r\n");
              proper(wire);
            })) {
      ask(harness, 1, false);
      ask(harness, 2, true);
      assertEquals(1, harness.provider.connections());
    }
  }

  /** A session ticket of TLS 1.3 waits on a connection that was made and not used. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aGoodConnectionIsKept(boolean tls) {
    try (var harness = harness(tls, SurplusBytesTest::proper)) {
      harness.client.connect();
      for (int i = 1; i < 20; i++) {
        ask(harness, i, i % 2 == 0);
      }
      assertEquals(1, harness.provider.connections());
    }
  }

  /** It crossed the request, of which it says that it did not come. */
  @Test
  void aBalancersTimeoutOfAKeptConnectionIsNotTheCalls() {
    try (var harness =
        harness(
            false,
            SurplusBytesTest::proper,
            wire -> wire.raw(IDLE_408).close(),
            SurplusBytesTest::proper)) {
      ask(harness, 1, false);
      ask(harness, 2, false);
      assertEquals(3, harness.provider.requests().size());
    }
  }

  @Test
  void aTimeoutOnANewConnectionIsTheCalls() {
    try (var harness =
        harness(false, wire -> wire.raw(IDLE_408).close(), SurplusBytesTest::proper)) {
      var failed = assertInstanceOf(Failed.class, harness.call(Questions.plain(1)));
      assertEquals(ErrorCode.UPSTREAM_TIMEOUT, failed.error().code());
      assertEquals(1, harness.provider.requests().size());
    }
  }
}
