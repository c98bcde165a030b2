package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.Received;
import dev.chatgate.testkit.RuntimeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
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

  /** Of a record: the time of the admission, and the call's id. */
  private static final Pattern SORT_KEY = Pattern.compile("(\\d{4}-[0-9T:-]+Z)#[0-9a-z]{12}");

  private final Queue<Received> requests = new ConcurrentLinkedQueue<>();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void aSnapshotHoldsNothingThatIsNotToBeCopied(String function) throws Exception {
    try (var backends = new FakeBackends(requests::add);
        var api = new RuntimeApiServer(1, true)) {
      var process = start(function, backends.url(), api.port());
      try {
        api.awaitRestoreNext();
        assertEquals(
            List.of(), List.copyOf(requests), "secrets, credentials, tenants, connections");
        assertEquals(List.of(api.port()), connectedPorts(process.pid()));
        assertNoFullCollectionWasAskedFor();

        var restored = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        api.restore();
        var answer = api.invoke(PackagedFunction.event()).response().text();
        assertTrue(answer.contains("\"statusCode\":200"), answer);
        api.awaitIdle();
        assertFreshCredentials();
        var admitted = admittedAt();
        assertFalse(admitted.isBefore(restored), () -> admitted + " before " + restored);
      } finally {
        process.destroyForcibly().onExit().join();
      }
    }
  }

  /**
   * After a full collection every compiled method is entered slowly once more, which would be a
   * third of the first call in every copy; AWS's context asks for one after the hooks.
   */
  private void assertNoFullCollectionWasAskedFor() throws IOException {
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
  private void assertFreshCredentials() {
    var operations = requests.stream().map(FakeBackends::operation).toList();
    assertEquals("/credentials", operations.getFirst());
    assertEquals(1, Collections.frequency(operations, "/credentials"), operations::toString);
    assertTrue(operations.contains("GetSecretValue"), operations::toString);
    for (var request : requests) {
      if (!FakeBackends.operation(request).startsWith("/")) {
        var signature = request.header("authorization");
        assertTrue(
            signature.contains("Credential=" + FakeBackends.ACCESS_KEY + "/"), request::head);
      }
    }
  }

  /** By the one record that was written, to the second. */
  private Instant admittedAt() {
    var record =
        requests.stream()
            .filter(request -> FakeBackends.operation(request).equals("PutItem"))
            .findFirst()
            .orElseThrow();
    var sortKey = SORT_KEY.matcher(record.text());
    assertTrue(sortKey.find(), record::text);
    return Instant.parse(sortKey.group(1));
  }

  private Process start(String function, String backends, int runtimeApi) throws IOException {
    var options =
        "-Dchatgate.warmup.rounds=2 -Xlog:gc:file=%s:none:filecount=0".formatted(collections());
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
