package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A start without a snapshot: what it fetches before the first call, and a start without an answer.
 */
class StartTest {
  private static final String DYNAMODB = "DynamoDB_20120810.";
  private static final List<String> AHEAD =
      List.of(DYNAMODB + "Query", DYNAMODB + "Scan", "secretsmanager.GetSecretValue");

  /** Reserve, record, settle, and the call itself. */
  private static final List<String> OF_ANY_CALL =
      List.of(
          DYNAMODB + "PutItem",
          DYNAMODB + "UpdateItem",
          DYNAMODB + "UpdateItem",
          "/v1/chat/completions");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void whatAFirstCallWouldWaitForIsThereBeforeIt(String function) throws Exception {
    try (var stack = PackagedStack.start(Map.of());
        var backends = new WatchedBackends(stack.stack().awsUrl());
        var api = new HeldRuntimeApi()) {
      var process = start(function, backends.url(), api);
      try {
        api.awaitReady();
        assertEquals(AHEAD, sorted(backends.seen()));

        var answer = api.invoke(PackagedFunction.event());
        assertTrue(answer.contains("\"statusCode\":200"), answer);
        stack.onlyRecord("demo");
        var all = Stream.concat(AHEAD.stream(), OF_ANY_CALL.stream()).sorted().toList();
        assertEquals(all, sorted(backends.seen()));
      } finally {
        process.destroyForcibly().onExit().join();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void aStartThatAsksAndIsNotAnsweredIsAStartAllTheSame(String function) throws Exception {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var api = new HeldRuntimeApi()) {
      var process = start(function, "http://127.0.0.1:" + silent.getLocalPort(), api);
      try {
        api.awaitReady();
        silent.setSoTimeout(1);
        silent.accept().close();
      } finally {
        process.destroyForcibly().onExit().join();
      }
    }
  }

  private Process start(String function, String backends, HeldRuntimeApi api) throws Exception {
    return PackagedFunction.of(function).start(backends, api.port(), folder.resolve("output"));
  }

  private static List<String> sorted(List<WatchedBackends.Seen> seen) {
    return seen.stream().map(WatchedBackends.Seen::what).sorted().toList();
  }
}
