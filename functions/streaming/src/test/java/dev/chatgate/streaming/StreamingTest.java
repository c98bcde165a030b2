package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import dev.chatgate.testkit.RuntimeApiServer.Dropped;
import dev.chatgate.testkit.RuntimeApiServer.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The runtime in a separate process against a strict Runtime API. One function process handles all
 * of these tests, and must be ready for the next invocation after each.
 */
final class StreamingTest {

  private static final String SECRET = "the-request-quoted";

  private static RuntimeApiServer api;
  private static FunctionProcess function;
  private Gate gate;

  @BeforeAll
  static void start() throws Exception {
    api = new RuntimeApiServer();
    function = FunctionProcess.direct(api, Map.of(), ScriptedHandler.class.getName());
    api.awaitIdle();
  }

  @AfterAll
  static void stop() throws IOException {
    function.close();
    api.close();
  }

  @BeforeEach
  void openGate() throws IOException {
    gate = new Gate();
  }

  @AfterEach
  void noRequestTextIsLoggedAndNoProtocolRuleIsBroken() throws IOException {
    gate.close();
    assertFalse(
        function.log().contains(SECRET), "a message of the handler's exception is in the log");
    assertEquals(List.of(), api.takeViolations());
    assertTrue(function.isAlive());
  }

  @Test
  void aChunkArrivesWhileTheNextIsHeldBack() throws Exception {
    Call call = invoke("head 200", "write one", "wait", "write two", "wait", "end");
    assertEquals("{\"statusCode\":200,\"headers\":{}}", call.prelude());
    assertEquals("one", call.text());
    assertFalse(call.hasMore());
    gate.open();
    assertEquals("two", call.text());
    assertFalse(call.hasMore());
    gate.open();
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
  }

  @Test
  void theAnswerEndsBeforeTheHandlerReturnsAndTheNextIsFetchedAfterIt() throws Exception {
    Call call = invoke("head 200", "write all", "end", "wait", "say settled");
    call.prelude();
    assertEquals("all", call.text());
    assertEquals(List.of(), call.trailers());
    Call second = api.invoke("head 200\nwrite second\nend");
    assertFalse(second.hasMore());
    gate.open();
    assertEquals("settled", gate.said());
    second.prelude();
    assertEquals("second", second.text());
    second.trailers();
    api.awaitIdle();
  }

  @Test
  void headersAndCookiesAreSentAsUtf8WithoutConnectionHeaders() throws Exception {
    Call call =
        invoke(
            "header x-greeting=Grüße, 世界 \"quoted\" \\ 🎉",
            "header Content-Length=5",
            "header connection=close",
            "header TRANSFER-encoding=chunked",
            "cookie a=1; Path=/",
            "cookie b=ü",
            "head 201",
            "write x",
            "end");
    assertEquals(
        "{\"statusCode\":201,\"headers\":{\"x-greeting\":\"Grüße, 世界 \\\"quoted\\\" \\\\ 🎉\"},"
            + "\"cookies\":[\"a=1; Path=/\",\"b=ü\"]}",
        call.prelude());
    assertEquals("x", call.text());
    call.trailers();
    api.awaitIdle();
  }

  @Test
  void anEmptyBodyGetsOneByteSoThatTheClientDoesNotHang() throws Exception {
    Call call = invoke("head 200", "write-nothing", "end");
    call.prelude();
    assertEquals("\n", call.text());
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
  }

  @Test
  void statusesWithoutABodyGetNone() throws Exception {
    for (int status : new int[] {204, 304}) {
      Call call = invoke("head " + status, "end");
      assertEquals("{\"statusCode\":" + status + ",\"headers\":{}}", call.prelude());
      assertEquals(List.of(), call.trailers());
      api.awaitIdle();
    }
  }

  @Test
  void aHandlerThatThrowsBeforeTheFirstByteIsAnErrorOfTheInvocation() throws Exception {
    Call call = invoke("head 200", "throw " + SECRET);
    assertReported(call.failure());
    api.awaitIdle();
    assertLogged(call, "the handler failed: java.lang.IllegalStateException at dev.chatgate");
  }

  @Test
  void aHandlerThatFailsBeforeTheFirstByteIsAnErrorOfTheInvocation() throws Exception {
    Call call = invoke("head 200", "fail " + SECRET, "try write x", "try head 200", "try end");
    assertReported(call.failure());
    assertEquals("IOException", gate.said());
    assertEquals("IOException", gate.said());
    assertEquals("done", gate.said());
    api.awaitIdle();
  }

  @Test
  void aHandlerThatThrowsAfterTheFirstByteCutsTheAnswerWithTrailers() throws Exception {
    Call call = invoke("head 200", "write some", "throw " + SECRET);
    call.prelude();
    assertEquals("some", call.text());
    assertErrorTrailers(call.trailers());
    api.awaitIdle();
    assertLogged(call, "the handler failed: java.lang.IllegalStateException at dev.chatgate");
  }

  @Test
  void aHandlerThatFailsAfterTheFirstByteCutsTheAnswerAndGoesOnWorking() throws Exception {
    Call call =
        invoke("head 200", "write some", "fail " + SECRET, "fail again", "wait", "say settled");
    call.prelude();
    call.text();
    assertErrorTrailers(call.trailers());
    gate.open();
    assertEquals("settled", gate.said());
    api.awaitIdle();
  }

  @Test
  void aHandlerThatThrowsAfterTheEndIsLoggedOnly() throws Exception {
    Call call = invoke("head 200", "write all", "end", "throw " + SECRET);
    call.prelude();
    assertEquals("all", call.text());
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
    assertLogged(call, "the handler failed: java.lang.IllegalStateException at dev.chatgate");
    assertFalse(call.hasMore());
  }

  @Test
  void aHandlerThatForgetsToEndIsEnded() throws Exception {
    Call call = invoke("head 200", "write all");
    call.prelude();
    assertEquals("all", call.text());
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
    assertLogged(call, "the handler returned without calling end; the answer was ended for it");
  }

  @Test
  void aHandlerThatReturnsAfterTheHeadAloneIsEnded() throws Exception {
    Call call = invoke("head 200");
    call.prelude();
    assertEquals("\n", call.text());
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
    assertLogged(call, "the handler returned without calling end; the answer was ended for it");
  }

  @Test
  void aHandlerThatReturnsWithNothingWrittenIsAnErrorOfTheInvocation() throws Exception {
    Call call = invoke("say nothing");
    assertEquals("Runtime.UserException", call.failure().type());
    api.awaitIdle();
    assertLogged(call, "the handler returned without an answer; reported as an error");
  }

  @Test
  void writingAfterTheEndIsRefused() throws Exception {
    Call call =
        invoke("head 200", "write all", "end", "try write more", "try head 200", "end", "fail x");
    call.prelude();
    assertEquals("all", call.text());
    assertEquals(List.of(), call.trailers());
    assertEquals("IOException", gate.said());
    assertEquals("IOException", gate.said());
    api.awaitIdle();
    assertFalse(call.hasMore());
    assertLogged(call, "the handler called write after the answer had ended; the call failed");
    assertLogged(call, "the handler called head after the answer had ended; the call failed");
    assertLogged(call, "the handler called fail after the end; ignored");
  }

  @Test
  void aLaterHeadBeforeTheFirstByteReplacesTheEarlierOne() throws Exception {
    Call call = invoke("head 200", "header x=1", "head 503", "write down", "end");
    assertEquals("{\"statusCode\":503,\"headers\":{\"x\":\"1\"}}", call.prelude());
    assertEquals("down", call.text());
    call.trailers();
    api.awaitIdle();
    assertLogged(call, "the handler called head twice; the later one is sent");
  }

  @Test
  void aHeadAfterTheFirstByteIsRefused() throws Exception {
    Call call = invoke("head 200", "write a", "try head 500", "write b", "end");
    call.prelude();
    assertEquals("a", call.text());
    assertEquals("IllegalStateException", gate.said());
    assertEquals("b", call.text());
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
    assertLogged(call, "the handler called head after the first byte; the call failed");
  }

  @Test
  void writingBeforeTheHeadIsRefused() throws Exception {
    Call call = invoke("try write a", "try end", "head 200", "write b", "end");
    assertEquals("IllegalStateException", gate.said());
    assertEquals("IllegalStateException", gate.said());
    call.prelude();
    assertEquals("b", call.text());
    call.trailers();
    api.awaitIdle();
  }

  @Test
  void aHeadThatHttpForbidsIsRefusedAndAnotherMayFollow() throws Exception {
    Call call =
        invoke("try head 199", "try head 600", "header a b=1", "try head 200", "write x", "end");
    assertEquals("IllegalArgumentException", gate.said());
    assertEquals("IllegalArgumentException", gate.said());
    assertEquals("IllegalArgumentException", gate.said());
    call.failure();
    api.awaitIdle();
  }

  @Test
  void aLostRuntimeApiIsAnIoExceptionInTheHandlerAndNoSecondResponse() throws Exception {
    Call call =
        invoke(
            "head 200",
            "write some",
            "wait",
            "until-lost",
            "try write x",
            "try end",
            "say settled");
    call.prelude();
    assertEquals("some", call.text());
    call.drop();
    assertEquals(new Dropped(), call.take());
    gate.open();
    assertEquals("lost", gate.said());
    assertEquals("IOException", gate.said());
    assertEquals("IOException", gate.said());
    assertEquals("settled", gate.said());
    api.awaitIdle();
    assertLogged(call, "the connection to the Runtime API broke");
    assertFalse(call.hasMore());
  }

  @Test
  void aWriteToAClientThatDoesNotReadEndsAtTheLimit() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    api.reader = reading::await;
    Call call =
        invoke(
            "head 200",
            "within 60000",
            "within 300",
            "until-lost",
            "try write x",
            "try end",
            "try within 1000",
            "say settled",
            "wait");
    assertEquals("lost", gate.said());
    assertEquals("IOException", gate.said());
    assertEquals("IOException", gate.said());
    assertEquals("IOException", gate.said());
    assertEquals("settled", gate.said());
    reading.countDown();
    api.reader = null;
    awaitDropped(call);
    gate.open();
    api.awaitIdle();
    assertLogged(call, "the client did not take the answer within its time limit; cut");
    assertUsable();
  }

  @Test
  void aClientThatReadsSlowlyGetsNoMoreTime() throws Exception {
    api.reader = () -> Thread.sleep(20);
    Call call = invoke("head 200", "within 500", "until-lost", "wait");
    assertEquals("lost", gate.said());
    api.reader = null;
    awaitDropped(call);
    gate.open();
    api.awaitIdle();
    assertUsable();
  }

  /**
   * All bytes are in socket buffers when the handler returns; the time limit also applies to the
   * confirmation.
   */
  @Test
  void anUnconfirmedAnswerTimesOutAndNextIsRepeatedUntilItSucceeds() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    api.reader = reading::await;
    Call call = invoke("head 200", "within 300", "write x", "end", "say settled");
    assertEquals("settled", gate.said());
    api.awaitViolations(2);
    api.reader = null;
    reading.countDown();
    api.awaitIdle();
    assertEquals(Set.of("next out of turn"), Set.copyOf(api.takeViolations()));
    assertLogged(call, "the client did not take the answer within its time limit; cut");
    assertUsable();
  }

  @Test
  void aLimitThatPassesBeforeTheFirstByteIsAnErrorOfTheInvocation() throws Exception {
    for (String limit : List.of("within 0", "within -1")) {
      Call call = invoke("head 200", limit, "try write x", "try end", "say done");
      assertEquals("Runtime.UserException", call.failure().type());
      assertEquals("IOException", gate.said());
      assertEquals("IOException", gate.said());
      assertEquals("done", gate.said());
      api.awaitIdle();
      assertLogged(call, "the time limit passed before the first byte; reported as an error");
      gate.close();
      gate = new Gate();
    }
  }

  @Test
  void aLimitThatIsLaterThanTheEndChangesNothing() throws Exception {
    Call call = invoke("head 200", "within 86400001", "write x", "end", "try within 1", "fail x");
    call.prelude();
    assertEquals("x", call.text());
    assertEquals(List.of(), call.trailers());
    assertEquals("IOException", gate.said());
    api.awaitIdle();
    assertLogged(call, "the handler called endWithin after the answer had ended; the call failed");
    assertFalse(function.log().contains(call.id() + " the client did not take"));
  }

  private static void awaitDropped(Call call) throws InterruptedException {
    while (!(call.take() instanceof Dropped)) {
      // Discard chunks that were in a buffer when the answer was cut.
    }
  }

  private static void assertUsable() throws InterruptedException {
    Call call = api.invoke("head 200\nwrite x\nend");
    call.prelude();
    assertEquals("x", call.text());
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
  }

  @Test
  void theContextHasTheValuesOfTheRuntimeApi() throws Exception {
    Call call =
        invokeWith(
            List.of(
                "lambda-runtime-deadline-ms: 1700000000123",
                "Lambda-Runtime-Trace-Id: Root=1-a;Parent=b;Sampled=1",
                "Lambda-Runtime-Client-Context: {\"c\":1}",
                "Lambda-Runtime-Cognito-Identity: {\"d\":1}"),
            "context",
            "trace",
            "head 204",
            "end");
    assertEquals(
        "InvocationContext[requestId="
            + call.id()
            + ", deadline=2023-11-14T22:13:20.123Z"
            + ", functionArn=arn:aws:lambda:x:1:function:f:live"
            + ", traceId=Optional[Root=1-a;Parent=b;Sampled=1]"
            + ", clientContext=Optional[{\"c\":1}], cognitoIdentity=Optional[{\"d\":1}]]",
        gate.said());
    assertEquals("Root=1-a;Parent=b;Sampled=1 Root=1-a;Parent=b;Sampled=1 null", gate.said());
    api.awaitIdle();
  }

  @Test
  void aTraceIdDoesNotOutliveItsInvocation() throws Exception {
    invokeWith(List.of("Lambda-Runtime-Trace-Id: Root=1-x"), "trace", "head 204", "end");
    assertEquals("Root=1-x Root=1-x null", gate.said());
    api.awaitIdle();
    gate.close();
    gate = new Gate();
    invoke("trace", "head 204", "end");
    assertEquals("none null null", gate.said());
    api.awaitIdle();
  }

  @Test
  void aRequestOfSixMegabytesIsReadCompletely() throws Exception {
    for (int chunkBytes : new int[] {0, 1_000_000, 7_001}) {
      api.eventChunkBytes = chunkBytes;
      byte[] event = event(6 * 1024 * 1024, "digest", "head 204", "end");
      api.invoke(event);
      assertEquals(event.length + " " + ScriptedHandler.crc(event), gate.said());
      api.awaitIdle();
      gate.close();
      gate = new Gate();
    }
    api.eventChunkBytes = 0;
  }

  @Test
  void aWriteOfAnySizeArrivesCompletely() throws Exception {
    Call call = invoke("head 200", "big 100000", "end");
    call.prelude();
    int length = 0;
    for (int expected : new int[] {32 * 1024, 32 * 1024, 32 * 1024, 100_000 - 96 * 1024}) {
      byte[] chunk = call.chunk();
      assertEquals(expected, chunk.length);
      length += chunk.length;
    }
    assertEquals(100_000, length);
    assertEquals(List.of(), call.trailers());
    api.awaitIdle();
  }

  @Test
  void aStreamOfManyChunksAllocatesNoMemory() throws Exception {
    int count = 100_000;
    Call call = invoke("head 200", "chunks " + count, "end");
    call.prelude();
    for (int i = 0; i < count; i++) {
      assertEquals(1000, call.chunk().length);
    }
    assertEquals(List.of(), call.trailers());
    long allocated = Long.parseLong(gate.said());
    assertTrue(allocated < count * 2L, () -> allocated + " bytes allocated for 99,000 chunks");
    api.awaitIdle();
  }

  @Test
  void aKeptConnectionThatLambdaClosedIsReplaced() throws Exception {
    api.closesKeptConnections = true;
    for (int i = 0; i < 3; i++) {
      Call call = api.invoke("head 200\nwrite x\nend");
      call.prelude();
      call.text();
      call.trailers();
      api.awaitIdle();
    }
    api.closesKeptConnections = false;
  }

  @Test
  void aRefusedResponseIsLoggedAndTheNextInvocationServed() throws Exception {
    api.answerWrongly("response", 403);
    Call call = invoke("head 200", "write x", "end");
    call.prelude();
    call.text();
    call.trailers();
    api.awaitIdle();
    api.answerWrongly("response", 202);
    assertLogged(call, "the Runtime API answered 403");
  }

  @Test
  void aConnectionThatBreaksInsteadOfAConfirmationIsLogged() throws Exception {
    api.answerWrongly("response", 0);
    Call call = invoke("head 200", "write x", "end");
    call.prelude();
    call.text();
    call.trailers();
    api.awaitIdle();
    api.answerWrongly("response", 202);
    assertLogged(call, "the connection to the Runtime API broke");
  }

  private Call invoke(String... commands) {
    return invokeWith(List.of(), commands);
  }

  private Call invokeWith(List<String> headers, String... commands) {
    String script = "gate " + gate.port() + "\n" + String.join("\n", commands);
    return api.invoke(script, headers.toArray(String[]::new));
  }

  private byte[] event(int length, String... commands) {
    String script = "gate " + gate.port() + "\n" + String.join("\n", commands) + "\n--\n";
    byte[] event = ScriptedHandler.filled(length);
    byte[] start = script.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(start, 0, event, 0, start.length);
    return event;
  }

  private static void assertLogged(Call call, String line) throws IOException {
    String log = function.log();
    assertTrue(log.contains(call.id() + " " + line), () -> line + " is not in " + log);
  }

  private static void assertReported(Failure failure) {
    assertEquals("Runtime.UserException", failure.type());
    assertErrorJson(failure.json());
  }

  private static void assertErrorTrailers(List<String> trailers) {
    assertEquals(2, trailers.size());
    assertEquals("Lambda-Runtime-Function-Error-Type: Runtime.UserException", trailers.get(0));
    String name = "Lambda-Runtime-Function-Error-Body: ";
    assertTrue(trailers.get(1).startsWith(name));
    byte[] json = Base64.getDecoder().decode(trailers.get(1).substring(name.length()));
    assertErrorJson(new String(json, StandardCharsets.UTF_8));
  }

  private static void assertErrorJson(String json) {
    String expected =
        "{\"errorMessage\":\"java.lang.IllegalStateException\","
            + "\"errorType\":\"java.lang.IllegalStateException\",\"stackTrace\":[\"dev.chatgate";
    assertTrue(json.startsWith(expected), json);
    assertTrue(json.endsWith("\"]}"), json);
    assertFalse(json.contains(SECRET), json);
  }
}
