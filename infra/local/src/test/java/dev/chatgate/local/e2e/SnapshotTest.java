package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the packaged functions hold when their snapshot is taken, and what they do after a restore:
 * through the handshake of SnapStart, at the moment at which {@code restore/next} is waiting.
 */
class SnapshotTest {
  private static final int INODE = 9;
  private static final int REMOTE = 2;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void aSnapshotHoldsNothingThatIsNotToBeCopied(String function) throws Exception {
    try (var stack = PackagedStack.start(Map.of());
        var backends = new WatchedBackends(stack.stack().awsUrl());
        var api = new HeldRuntimeApi()) {
      var process = start(function, backends.url(), api.port());
      try {
        api.awaitSnapshot();
        assertEquals(List.of(), backends.seen(), "secrets, credentials, tenants, connections");
        assertEquals(List.of(api.port()), connectedPorts(process.pid()));
        assertNoFullCollection();

        var restored = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var answer = api.restoreAndInvoke(PackagedFunction.event());
        assertTrue(answer.contains("\"statusCode\":200"), answer);
        assertFreshCredentials(backends.seen());
        var admitted = stack.onlyRecord("demo").key().admittedAt();
        assertFalse(admitted.isBefore(restored), () -> admitted + " after " + restored);
      } finally {
        process.destroyForcibly().onExit().join();
      }
    }
  }

  /**
   * After a full collection every compiled method is entered slowly once more, which would be a
   * third of the first call in every copy; AWS's context asks for one after the hooks.
   */
  private void assertNoFullCollection() throws IOException {
    var asked =
        Files.readAllLines(collections()).stream()
            .filter(line -> line.contains("System.gc()"))
            .toList();
    assertEquals(List.of(), asked);
  }

  private Path collections() {
    return folder.resolve("collections");
  }

  /** They are asked for once, before anything is signed, and everything is signed by them. */
  private static void assertFreshCredentials(List<WatchedBackends.Seen> seen) {
    assertEquals("/credentials", seen.getFirst().what());
    assertEquals(1, seen.stream().filter(seen.getFirst()::equals).count(), seen::toString);
    var signed = seen.stream().filter(request -> request.what().contains(".")).toList();
    assertTrue(
        signed.stream().anyMatch(request -> request.what().endsWith(".GetSecretValue")),
        seen::toString);
    for (var request : signed) {
      assertTrue(
          request.authorization().contains("Credential=" + WatchedBackends.ACCESS_KEY + "/"),
          request::toString);
    }
  }

  private Process start(String function, String backends, int runtimeApi) throws IOException {
    var options =
        "-Dchatgate.rehearsal.rounds=2 -Xlog:gc:file=%s:none:filecount=0".formatted(collections());
    return PackagedFunction.of(function)
        .withJavaOptions(options)
        .with("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
        .start(backends, runtimeApi, folder.resolve("output"));
  }

  /** The remote port of every TCP socket that a process has open, whatever its state. */
  private static List<Integer> connectedPorts(long pid) throws IOException {
    var sockets = sockets(Path.of("/proc", Long.toString(pid), "fd"));
    var ports = new ArrayList<Integer>();
    for (var table : List.of("tcp", "tcp6")) {
      var lines = Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", table));
      for (var line : lines.subList(1, lines.size())) {
        var fields = line.strip().split("\\s+", -1);
        if (sockets.contains("socket:[" + fields[INODE] + "]")) {
          String remote = fields[REMOTE];
          ports.add(Integer.valueOf(remote.substring(remote.indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }

  private static Set<String> sockets(Path descriptors) throws IOException {
    var sockets = new HashSet<String>();
    try (var files = Files.list(descriptors)) {
      for (var file : (Iterable<Path>) files::iterator) {
        try {
          sockets.add(Files.readSymbolicLink(file).toString());
        } catch (NoSuchFileException e) {
          // Closed meanwhile.
        }
      }
    }
    return sockets;
  }
}
