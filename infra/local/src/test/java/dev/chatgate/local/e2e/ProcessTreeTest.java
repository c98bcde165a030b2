package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.Local;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The program with the real packages, started by a shell as Maven would start it, with a call in
 * flight at each door: however it is ended, every process that it started ends at once.
 */
class ProcessTreeTest {
  private static final Duration GONE_WITHIN = Duration.ofSeconds(2);
  private static final Pattern URL = Pattern.compile("(http://127\\.0\\.0\\.1:\\d+)/openai/v1 ");
  private static final String CALL =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"stream\":true}";

  /** How it is ended. */
  enum End {
    PARENT_TERMINATED,
    PARENT_KILLED,
    PROGRAM_TERMINATED,
    PROGRAM_KILLED
  }

  @ParameterizedTest
  @EnumSource
  void everythingEnds(End end) throws Exception {
    try (var provider = new ScriptedProvider(Wire::stall);
        var client = HttpClient.newHttpClient()) {
      Process parent = start(provider);
      try {
        for (String door : untilReady(parent)) {
          var _ =
              client.sendAsync(
                  PackagedStack.chat(door, "cg_demo", CALL), BodyHandlers.discarding());
          provider.takeRequest();
        }
        List<ProcessHandle> all = parent.descendants().toList();
        // The program, and for each door a shell, the shell's watcher and the function.
        assertTrue(all.size() >= 7, all.toString());
        end(end, parent);
        assertGone(all);
      } finally {
        parent.descendants().forEach(ProcessHandle::destroyForcibly);
        parent.destroyForcibly();
        client.shutdownNow();
      }
    }
  }

  private static void end(End how, Process parent) {
    ProcessHandle program = parent.children().findFirst().orElseThrow();
    switch (how) {
      case PARENT_TERMINATED -> parent.destroy();
      case PARENT_KILLED -> parent.destroyForcibly();
      case PROGRAM_TERMINATED -> program.destroy();
      case PROGRAM_KILLED -> program.destroyForcibly();
    }
  }

  private static Process start(ScriptedProvider provider) throws IOException {
    var command = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" & wait $!", "parent"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Dchatgate.root=" + PackagedStack.root());
    command.addAll(List.of("-classpath", System.getProperty("java.class.path")));
    command.add(Local.class.getName());
    var builder = new ProcessBuilder(command);
    var environment = builder.environment();
    environment
        .keySet()
        .removeIf(name -> name.startsWith("CHATGATE_") || name.startsWith("UPSTREAM_"));
    environment.putAll(PackagedStack.freePorts());
    environment.put("UPSTREAM_BASE_URL", provider.url().toString());
    return builder.start();
  }

  /** Both doors, once they answer. */
  private static List<String> untilReady(Process parent) throws IOException {
    var doors = new ArrayList<String>();
    BufferedReader out = parent.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher url = URL.matcher(line);
      if (line.contains(" door ") && url.find()) {
        doors.add(url.group(1));
      }
      if (line.equals("READY")) {
        return doors;
      }
    }
    throw new AssertionError(
        new String(parent.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private static void assertGone(List<ProcessHandle> processes) throws Exception {
    long deadline = System.nanoTime() + GONE_WITHIN.toNanos();
    for (ProcessHandle process : processes) {
      try {
        long left = Math.max(0, deadline - System.nanoTime());
        process.onExit().get(left, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // A zombie process has no command.
        boolean runs = process.isAlive() && process.info().command().isPresent();
        assertTrue(!runs, () -> "still there: " + process.info());
      }
    }
  }
}
