package dev.chatgate.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.tiny.TinyPackage;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program itself, started by a shell as Maven would start it. */
class LocalTest {
  private static final Duration GONE_WITHIN = Duration.ofSeconds(2);

  @TempDir Path root;

  @Test
  void printsWhatToPasteAndEndsWithATerminatedParent() throws Exception {
    Process parent = start(Map.of());
    String printed = String.join("\n", untilReady(parent));
    assertTrue(printed.contains("cg_demo"), printed);
    assertTrue(printed.contains("chatgate-tenants chatgate-quota chatgate-usage"), printed);
    assertTrue(printed.contains("curl -sN http://127.0.0.1:"), printed);
    List<ProcessHandle> all = parent.descendants().toList();
    // The program, and for each door a shell, the shell's watcher and the function.
    assertTrue(all.size() >= 7, all.toString());
    parent.destroy();
    assertGone(all);
  }

  @Test
  void aCallIsOneShortLine() throws Exception {
    Process parent = start(Map.of());
    List<String> printed = untilReady(parent);
    parent.destroy();
    assertTrue(
        printed.stream()
            .anyMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d GET health 200 0\\.0 s req_tiny")),
        printed.toString());
  }

  @Test
  void aCallIsTheFunctionsJsonIfThatIsSet() throws Exception {
    Process parent = start(Map.of("CHATGATE_LOG", "json"));
    List<String> printed = untilReady(parent);
    parent.destroy();
    assertTrue(
        printed.stream().anyMatch(line -> line.startsWith("ApiFunction-1 | {\"kind\":\"call\",")),
        printed.toString());
  }

  @Test
  void aKilledParentTakesEverythingWithIt() throws Exception {
    Process parent = start(Map.of());
    untilReady(parent);
    List<ProcessHandle> all = parent.descendants().toList();
    parent.destroyForcibly();
    assertGone(all);
  }

  @Test
  void aKilledProgramTakesItsInstancesWithIt() throws Exception {
    Process parent = start(Map.of());
    untilReady(parent);
    List<ProcessHandle> all = parent.descendants().toList();
    parent.children().forEach(ProcessHandle::destroyForcibly);
    assertGone(all);
  }

  @Test
  void aPortInUseIsOneSentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      for (String setting :
          List.of("CHATGATE_API_PORT", "CHATGATE_STREAM_PORT", "CHATGATE_AWS_PORT")) {
        String port = Integer.toString(taken.getLocalPort());
        assertEquals(
            setting + ": port " + port + " on 127.0.0.1 is in use.\n",
            refusal(Map.of(setting, port)));
      }
    }
  }

  @Test
  void aBadFileOfTenantsIsOneSentence() throws Exception {
    Path file = Files.writeString(root.resolve("tenants.json"), "[{\"id\":\"a\",\"colour\":1}]");
    assertEquals(
        "CHATGATE_TENANTS (" + file + "): tenants[0].colour is not a key of a tenant.\n",
        refusal(Map.of("CHATGATE_TENANTS", file.toString())));
  }

  @Test
  void aBadFileOfPricesIsOneSentence() throws Exception {
    Path file = Files.writeString(root.resolve("prices.json"), "{}");
    String sentence = refusal(Map.of("CHATGATE_PRICES", file.toString()));
    assertTrue(
        sentence.startsWith("CHATGATE_PRICES (" + file + "): ") && sentence.endsWith(".\n"),
        sentence);
    assertEquals(1, sentence.lines().count(), sentence);
  }

  @Test
  void aBadSettingIsOneSentence() throws Exception {
    assertEquals(
        "CHATGATE_INSTANCES is a whole number from 1 to 1000, not \"many\".\n",
        refusal(Map.of("CHATGATE_INSTANCES", "many")));
  }

  private String refusal(Map<String, String> settings) throws Exception {
    Process parent = start(settings);
    String error =
        new String(parent.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(1, parent.waitFor());
    return error;
  }

  private Process start(Map<String, String> settings) throws IOException {
    if (!Files.exists(root.resolve("template.yaml"))) {
      TinyPackage.in(root);
    }
    var command = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" & wait $!", "parent"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Dchatgate.root=" + root);
    command.addAll(List.of("-classpath", System.getProperty("java.class.path")));
    command.add(Local.class.getName());
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CHATGATE_"));
    for (String door : List.of("API", "STREAM", "AWS")) {
      builder.environment().put("CHATGATE_" + door + "_PORT", "0");
    }
    builder.environment().putAll(settings);
    return builder.start();
  }

  private static List<String> untilReady(Process parent) throws IOException {
    var lines = new ArrayList<String>();
    BufferedReader out = parent.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      lines.add(line);
      if (line.equals("READY")) {
        return lines;
      }
    }
    String error =
        new String(parent.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    throw new AssertionError("ended before READY: " + lines + error);
  }

  private static void assertGone(List<ProcessHandle> processes) throws Exception {
    long deadline = System.nanoTime() + GONE_WITHIN.toNanos();
    for (ProcessHandle process : processes) {
      long left = Math.max(0, deadline - System.nanoTime());
      try {
        process.onExit().get(left, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        assertFalse(runs(process), () -> "still there: " + process.info());
      }
    }
  }

  /** A zombie process has no command. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }
}
