package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import dev.chatgate.testkit.RuntimeApiServer.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hooks around a snapshot, in the order of AWS's own main class. */
final class SnapStartTest {

  private RuntimeApiServer api;
  private Gate gate;

  @BeforeEach
  void open() throws IOException {
    api = new RuntimeApiServer(1, true);
    gate = new Gate();
  }

  @AfterEach
  void close() throws IOException {
    gate.close();
    api.close();
  }

  @Test
  void hooksRunAroundTheRestoreAndTheFirstInvocationComesLast() throws Exception {
    try (FunctionProcess function = start("")) {
      assertEquals("before", gate.said());
      assertFalse(api.restoreNextAsked());
      gate.open();
      api.awaitRestoreNext();
      int connections = api.connections();
      api.restore();
      assertEquals("after", gate.said());
      assertFalse(api.nextAsked());
      gate.open();
      api.awaitIdle();
      assertEquals(connections + 1, api.connections(), "a new connection after the snapshot");
      Call call = api.invoke("hello");
      call.prelude();
      assertEquals("hello", call.text());
      assertEquals("failed lookups: 1", call.text());
      assertEquals(List.of(), call.trailers());
      api.awaitIdle();
      assertEquals("", function.log());
    }
  }

  /**
   * The JDK caches lookups for 30 s of a clock that does not advance while a snapshot is stored.
   */
  @Test
  void aHostIsLookedUpAgainAfterTheRestore(@TempDir Path folder) throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 peer.example\n");
    var environment = new HashMap<>(environment("snap-start", ""));
    environment.put("TEST_LOOKUP", "peer.example");
    environment.put("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts);
    try (FunctionProcess _ = start(api, environment)) {
      assertEquals("before", gate.said());
      assertEquals("127.0.0.2", gate.said());
      Files.writeString(hosts, "127.0.0.3 peer.example\n");
      gate.open();
      api.awaitRestoreNext();
      api.restore();
      assertEquals("after", gate.said());
      assertEquals("127.0.0.3", gate.said());
      gate.open();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exception", "error"})
  void aHookThatFailsBeforeTheSnapshotIsAnInitErrorAndExit64(String kind) throws Exception {
    try (FunctionProcess function = start("before-" + kind)) {
      assertEquals("before", gate.said());
      gate.open();
      assertFailure("init/error", "Runtime.BeforeCheckpointError", "the hook before failed");
      assertEquals(64, function.exitCode());
      assertFalse(api.restoreNextAsked());
      assertTrue(function.log().contains("Runtime.BeforeCheckpointError: the hook before failed"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exception", "error"})
  void aHookThatFailsAfterTheRestoreIsARestoreErrorAndExit64(String kind) throws Exception {
    try (FunctionProcess function = start("after-" + kind)) {
      assertEquals("before", gate.said());
      gate.open();
      api.awaitRestoreNext();
      api.restore();
      assertEquals("after", gate.said());
      gate.open();
      assertFailure("restore/error", "Runtime.AfterRestoreError", "the hook after failed");
      assertEquals(64, function.exitCode());
      assertFalse(api.nextAsked());
      assertTrue(function.log().contains("Runtime.AfterRestoreError: the hook after failed"));
    }
  }

  @Test
  void aRestoreThatIsRefusedIsAnInitErrorAndExit64() throws Exception {
    api.answerWrongly("restore/next", 500);
    try (FunctionProcess function = start("")) {
      assertEquals("before", gate.said());
      gate.open();
      assertFailure(
          "init/error", "Runtime.BeforeCheckpointError", "The Runtime API answered 500 to restore");
      assertEquals(64, function.exitCode());
    }
  }

  @Test
  void withoutSnapStartNoHookRuns() throws Exception {
    try (RuntimeApiServer plain = new RuntimeApiServer();
        FunctionProcess function = start(plain, "on-demand", "")) {
      plain.awaitIdle();
      assertTrue(function.isAlive());
    }
    assertNull(gate.said(), "the process ended without running a hook");
  }

  private FunctionProcess start(String fails) throws IOException {
    return start(api, "snap-start", fails);
  }

  private FunctionProcess start(RuntimeApiServer server, String initialization, String fails)
      throws IOException {
    return start(server, environment(initialization, fails));
  }

  private static FunctionProcess start(RuntimeApiServer server, Map<String, String> environment)
      throws IOException {
    return FunctionProcess.direct(server, environment, HookedHandler.class.getName());
  }

  private Map<String, String> environment(String initialization, String fails) {
    return Map.of(
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        initialization,
        "TEST_GATE",
        Integer.toString(gate.port()),
        "TEST_FAILS",
        fails);
  }

  private void assertFailure(String path, String type, String message) throws InterruptedException {
    Failure failure = api.startFailure();
    assertEquals(path, failure.path());
    assertEquals(type, failure.type());
    assertTrue(failure.json().startsWith("{\"errorMessage\":\"" + message), failure.json());
  }
}
