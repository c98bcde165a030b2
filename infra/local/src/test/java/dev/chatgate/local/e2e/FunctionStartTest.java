package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.Received;
import dev.chatgate.testkit.RuntimeApiServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start without a snapshot: what it fetches before the first call, and what if it cannot. */
class FunctionStartTest {
  private static final List<String> FETCHED =
      List.of("GetItem", "GetSecretValue", "GetSecretValue", "Query", "Scan");

  /** Record, admission, settlement, and the call itself. */
  private static final List<String> OF_ANY_CALL =
      List.of("/v1/chat/completions", "PutItem", "UpdateItem", "UpdateItem");

  private final Queue<Received> requests = new ConcurrentLinkedQueue<>();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void whatAFirstCallWouldWaitForIsFetchedBeforeIt(String function) throws Exception {
    try (var backends = new FakeBackends(requests::add);
        var api = new RuntimeApiServer()) {
      var process = start(function, backends.url(), api);
      try {
        api.awaitReady();
        assertEquals(FETCHED, operations());

        var answer = api.invoke(PackagedFunction.event()).response().text();
        assertTrue(answer.contains("\"statusCode\":200"), answer);
        api.awaitIdle();
        var all = Stream.concat(FETCHED.stream(), OF_ANY_CALL.stream()).sorted().toList();
        assertEquals(all, operations());
      } finally {
        process.destroyForcibly().onExit().join();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void aStartThatFetchesAndIsNotAnsweredSucceeds(String function) throws Exception {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var api = new RuntimeApiServer()) {
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

  /** Lambda's own limit, 85 % of the memory, comes before it and is not valid. */
  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void theHeapLeavesTheRestOfTheProcess160Megabytes(String function) throws Exception {
    int megabytes = PackagedFunction.of(function).definition().memoryMegabytes();
    try (var backends = new FakeBackends(requests::add);
        var api = new RuntimeApiServer()) {
      var process = start(function, backends.url(), api);
      try {
        api.awaitReady();
        var arguments =
            Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                .split("\0", -1);
        var limits =
            Arrays.stream(arguments)
                .filter(argument -> argument.startsWith("-XX:MaxHeapSize="))
                .toList();
        assertEquals(2, limits.size(), limits::toString);
        assertEquals("-XX:MaxHeapSize=" + (megabytes - 160) + "m", limits.getLast());
      } finally {
        process.destroyForcibly().onExit().join();
      }
    }
  }

  private Process start(String function, String backends, RuntimeApiServer api) throws Exception {
    return PackagedFunction.of(function).start(backends, api.port(), folder.resolve("output"));
  }

  private List<String> operations() {
    return requests.stream().map(FakeBackends::operation).sorted().toList();
  }
}
