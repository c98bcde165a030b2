package dev.chatgate.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check before the build, run from its source as {@code mvn -Plocal} runs it. */
class PreflightTest {
  private static final Path SOURCE =
      Path.of("src", "main", "java", "dev", "chatgate", "local", "Preflight.java");
  private static final Map<String, String> FREE =
      Map.of("CHATGATE_API_PORT", "0", "CHATGATE_STREAM_PORT", "0", "CHATGATE_AWS_PORT", "0");

  /** For a JVM that compiles three files on a busy machine. */
  private static final long MAX_SECONDS = 30;

  @TempDir Path folder;

  @Test
  void goodSettingsAndFreePortsSayNothing() throws Exception {
    assertEquals(new Result(0, ""), run(Map.of()));
  }

  @Test
  void aBadNumberIsOneSentence() throws Exception {
    assertEquals(
        new Result(1, "CHATGATE_INSTANCES is a whole number from 1 to 1000, not \"many\".\n"),
        run(Map.of("CHATGATE_INSTANCES", "many")));
  }

  @Test
  void anUnreadableFileIsOneSentence() throws Exception {
    Path file = folder.resolve("tenants.json");
    assertEquals(
        new Result(1, "CHATGATE_TENANTS names the file " + file + ", which cannot be read.\n"),
        run(Map.of("CHATGATE_TENANTS", file.toString())));
  }

  @Test
  void aPortInUseIsOneSentence() throws Exception {
    try (var taken = taken()) {
      assertEquals(
          new Result(
              1, "CHATGATE_AWS_PORT: port " + taken.getLocalPort() + " on 127.0.0.1 is in use.\n"),
          run(Map.of("CHATGATE_AWS_PORT", Integer.toString(taken.getLocalPort()))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CHATGATE_API_PORT", "CHATGATE_STREAM_PORT", "CHATGATE_AWS_PORT"})
  void eachPortIsChecked(String setting) throws Exception {
    try (var taken = taken()) {
      var settings = with(Map.of(setting, Integer.toString(taken.getLocalPort())));
      var refused = assertThrows(StartException.class, () -> Preflight.check(settings));
      assertEquals(
          setting + ": port " + taken.getLocalPort() + " on 127.0.0.1 is in use.",
          refused.getMessage());
    }
  }

  @Test
  void onePortForTwoDoorsIsInUse() throws Exception {
    String port;
    try (var free = taken()) {
      port = Integer.toString(free.getLocalPort());
    }
    var settings = with(Map.of("CHATGATE_API_PORT", port, "CHATGATE_STREAM_PORT", port));
    var refused = assertThrows(StartException.class, () -> Preflight.check(settings));
    assertEquals(
        "CHATGATE_STREAM_PORT: port " + port + " on 127.0.0.1 is in use.", refused.getMessage());
  }

  @Test
  void aPortIsFreeAgainAfterTheCheck() throws Exception {
    int port;
    try (var free = taken()) {
      port = free.getLocalPort();
    }
    Preflight.check(with(Map.of("CHATGATE_API_PORT", Integer.toString(port))));
    try (var again = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertEquals(port, again.getLocalPort());
    }
  }

  private static ServerSocket taken() throws IOException {
    return new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
  }

  private static Map<String, String> with(Map<String, String> settings) {
    var all = new HashMap<>(FREE);
    all.putAll(settings);
    return all;
  }

  private record Result(int status, String printed) {}

  private static Result run(Map<String, String> settings) throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    var builder =
        new ProcessBuilder(
                List.of(
                    java.toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    SOURCE.toString()))
            .redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(CHATGATE|UPSTREAM|JAVA|JDK)_.*"));
    builder.environment().putAll(with(settings));
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS), "it does not end");
    return new Result(process.exitValue(), printed);
  }
}
