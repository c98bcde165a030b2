package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several invocations at once in one process. */
final class ConcurrencyTest {

  private static final int LOOPS = 8;

  @Test
  void invocationsUpToTheMaximumAreAnsweredAtOnce() throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer(LOOPS, false);
        FunctionProcess function = start(api)) {
      api.awaitIdle(LOOPS);
      for (int round = 0; round < 3; round++) {
        oneRound(api);
        api.awaitIdle(LOOPS);
      }
      assertEquals("", function.log());
    }
  }

  /** Starts all answers, then lets them finish in the opposite order. */
  private static void oneRound(RuntimeApiServer api) throws Exception {
    List<Gate> gates = new ArrayList<>();
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      Gate gate = new Gate();
      gates.add(gate);
      calls.add(
          api.invoke(
              "gate "
                  + gate.port()
                  + "\ntrace\nhead 200\nwrite a"
                  + i
                  + "\nwait\nwrite b"
                  + i
                  + "\nend\nwait\ntrace",
              "Lambda-Runtime-Trace-Id: Root=" + i));
    }
    for (int i = 0; i < LOOPS; i++) {
      assertEquals("Root=" + i + " null Root=" + i, gates.get(i).said());
      calls.get(i).prelude();
      assertEquals("a" + i, calls.get(i).text());
      assertFalse(calls.get(i).hasMore());
    }
    for (int i = LOOPS - 1; i >= 0; i--) {
      gates.get(i).open();
      assertEquals("b" + i, calls.get(i).text());
      assertEquals(List.of(), calls.get(i).trailers());
    }
    for (int i = 0; i < LOOPS; i++) {
      gates.get(i).open();
      assertEquals("Root=" + i + " null Root=" + i, gates.get(i).said());
      gates.get(i).close();
    }
  }

  @Test
  void oneFailureDoesNotAffectTheOthers() throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer(LOOPS, false);
        Gate gate = new Gate();
        FunctionProcess function = start(api)) {
      Call steady = api.invoke("gate " + gate.port() + "\nhead 200\nwrite a\nwait\nwrite b\nend");
      steady.prelude();
      assertEquals("a", steady.text());
      for (int i = 0; i < 2 * LOOPS; i++) {
        Call early = api.invoke("throw x");
        assertEquals("Runtime.UserException", early.failure().type());
        Call late = api.invoke("head 200\nwrite x\nthrow-error x");
        late.prelude();
        late.text();
        assertEquals(2, late.trailers().size());
      }
      gate.open();
      assertEquals("b", steady.text());
      assertEquals(List.of(), steady.trailers());
      assertTrue(function.isAlive());
    }
  }

  /**
   * On a virtual thread, an interrupt flag would close the socket that the confirmation is read
   * from.
   */
  @Test
  void theInterruptFlagIsClearedAfterTheHandler() throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer(1, false);
        FunctionProcess function =
            FunctionProcess.direct(
                api, Map.of("AWS_LAMBDA_MAX_CONCURRENCY", "1"), ScriptedHandler.class.getName())) {
      for (int i = 0; i < 2; i++) {
        Call call = api.invoke("head 200\nwrite x\ninterrupt");
        call.prelude();
        assertEquals("x", call.text());
        assertEquals(List.of(), call.trailers());
        api.awaitIdle();
      }
      assertFalse(function.log().contains("broke"), function.log());
    }
  }

  @Test
  void aBrokenContainerEndsAllLoops() throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer(LOOPS, false);
        FunctionProcess function = start(api)) {
      api.awaitIdle(LOOPS);
      api.answerWrongly("response", 500);
      api.invoke("head 204\nend");
      assertEquals(1, function.exitCode());
      assertTrue(function.log().contains("The Runtime API answered 500"), function.log());
    }
  }

  private static FunctionProcess start(RuntimeApiServer api) throws Exception {
    return FunctionProcess.direct(
        api,
        Map.of("AWS_LAMBDA_MAX_CONCURRENCY", Integer.toString(LOOPS)),
        ScriptedHandler.class.getName());
  }
}
