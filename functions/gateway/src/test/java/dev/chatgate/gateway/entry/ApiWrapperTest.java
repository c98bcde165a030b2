package dev.chatgate.gateway.entry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API door's wrapper script, in every shell that is installed here. */
final class ApiWrapperTest {
  private static final Path SCRIPT = Path.of("src/main/scripts/chatgate-api").toAbsolutePath();
  private static final Path STREAM_SCRIPT =
      Path.of("../streaming/src/main/scripts/chatgate-stream").toAbsolutePath();
  private static final String MAIN = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
  private static final String MEMORY = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";
  private static final String HEAP_384 = "-XX:MaxHeapSize=224m";

  @TempDir private Path temporary;
  private String echo;

  static Stream<String> shells() {
    return Stream.of("/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox sh")
        .filter(shell -> Files.exists(Path.of(shell.split(" ", -1)[0])));
  }

  @BeforeEach
  void interpreter() throws IOException {
    var file = temporary.resolve("inter preter");
    Files.writeString(file, "#!/bin/sh\nfor a do printf '%s\\0' \"$a\"; done\n");
    assertTrue(file.toFile().setExecutable(true));
    echo = file.toString();
  }

  @Test
  void itIsExecutable() {
    assertTrue(Files.isExecutable(SCRIPT));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void argumentsAreKeptAndTheHeapsLimitIsTheLastOption(String shell) throws Exception {
    var odd =
        List.of("", " ", "a  b", "'\"`$HOME`\"'", "*", "back\\slash\\n", "line\nend\n", "-e", "é");
    var given = new ArrayList<>(odd);
    given.addAll(
        List.of("-XX:MaxHeapSize=334233K", "-classpath", "/x y.jar:/z.jar", "-Dq=\"a b\""));
    given.addAll(List.of(MAIN, "handler", MAIN, "-cp", ""));
    given.addAll(odd);
    var expected = new ArrayList<>(given);
    expected.add(given.indexOf(MAIN), HEAP_384);

    assertEquals(expected, arguments(shell, given, Map.of(MEMORY, "384")));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void anUnknownCommandLineIsStartedAsItIs(String shell) throws Exception {
    for (var line :
        List.of(
            List.<String>of(),
            List.of(""),
            List.of("-cp", MAIN),
            List.of("--class-path", MAIN, "a b"),
            List.of("-cp", "a", "com.example.Main", "h"),
            List.of("-cp", "a", MAIN + "2"),
            List.of("-jar", "a b.jar", "\"$x\"", "\n"))) {
      assertEquals(line, arguments(shell, line, Map.of(MEMORY, "384")));
    }
    assertEquals(
        new Outcome(7, "", ""),
        run(List.of(SCRIPT.toString(), "/bin/sh", "-c", "exit 7"), Map.of(MEMORY, "384")));
  }

  @ParameterizedTest
  @CsvSource({
    "100, 50",
    "128, 64",
    "256, 128",
    "320, 160",
    "384, 224",
    "512, 352",
    "1024, 864",
    "1066, 906"
  })
  void theHeapHasWhatTheRestOfTheProcessLeaves(int memory, int heap) throws Exception {
    for (var shell : shells().toList()) {
      assertEquals(
          List.of("-cp", "a", "-XX:MaxHeapSize=" + heap + "m", MAIN),
          arguments(shell, List.of("-cp", "a", MAIN), Map.of(MEMORY, Integer.toString(memory))));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "99",
        "1067",
        "1769",
        "10240",
        "99999",
        "100000",
        "99999999999999999999",
        "0384",
        "-384",
        "384m",
        "0x180",
        "3 84",
        "many",
        "$(exit 7)"
      })
  void lambdasLimitStaysWhereItIsLowerOrTheMemoryIsNotKnown(String memory) throws Exception {
    var line = List.of("-cp", "a", MAIN);
    for (var shell : shells().toList()) {
      assertEquals(line, arguments(shell, line, Map.of(MEMORY, memory)), shell);
    }
    assertEquals(line, arguments("/bin/sh", line, Map.of()));
  }

  @Test
  void aFirstSizeOfTheHeapIsNeverAboveItsLimit() throws Exception {
    for (var option : List.of("-Xms300m", "-XX:InitialHeapSize=1g", "-XX:MinHeapSize=300m")) {
      var line = List.of("-cp", "a", MAIN);
      for (var variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
        assertEquals(
            line, arguments("/bin/sh", line, Map.of(MEMORY, "384", variable, "-Da=b " + option)));
      }
      var own = List.of(option, "-cp", "a", MAIN);
      assertEquals(own, arguments("/bin/sh", own, Map.of(MEMORY, "384")));
    }
  }

  @Test
  void theJvmTakesTheLimit() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var options = List.of("-XX:MaxHeapSize=334233K", "-XX:+UseSerialGC", "-XX:+PrintFlagsFinal");
    var command = new ArrayList<>(List.of(SCRIPT.toString(), java));
    command.addAll(options);
    command.addAll(List.of("-cp", "nowhere", MAIN));

    var outcome = run(command, Map.of(MEMORY, "384"));

    var limit = "MaxHeapSize += " + (224 << 20) + " ";
    assertTrue(outcome.out().lines().anyMatch(line -> line.matches(".* " + limit + ".*")), limit);
  }

  @Test
  void bothScriptsHaveTheSameRule() throws Exception {
    var line = List.of("-cp", "a", MAIN);
    for (int memory = 64; memory < 1_200; memory += 29) {
      var env = Map.of(MEMORY, Integer.toString(memory), "LAMBDA_TASK_ROOT", temporary.toString());
      var command = new ArrayList<>(List.of(STREAM_SCRIPT.toString(), echo));
      command.addAll(line);

      assertEquals(
          limit(arguments("/bin/sh", line, env)), limit(split(run(command, env))), "" + memory);
    }
  }

  private static List<String> limit(List<String> arguments) {
    return arguments.stream().filter(argument -> argument.startsWith("-XX:")).toList();
  }

  private List<String> arguments(String shell, List<String> given, Map<String, String> env)
      throws Exception {
    var command = new ArrayList<>(List.of(shell.split(" ", -1)));
    command.addAll(List.of(SCRIPT.toString(), echo));
    command.addAll(given);
    return split(run(command, env));
  }

  private static List<String> split(Outcome outcome) {
    assertEquals(0, outcome.status(), outcome.err());
    assertEquals("", outcome.err());
    var arguments = new ArrayList<>(List.of(outcome.out().split("\0", -1)));
    arguments.removeLast();
    return arguments;
  }

  private record Outcome(int status, String out, String err) {}

  /** Runs with exactly this environment, without PATH: the script must not need other programs. */
  private Outcome run(List<String> command, Map<String, String> env) throws Exception {
    var out = temporary.resolve("out").toFile();
    var err = temporary.resolve("err").toFile();
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(new HashMap<>(env));
    builder.environment().put("PATH", "/nowhere");
    int status = builder.redirectOutput(out).redirectError(err).start().waitFor();
    return new Outcome(
        status, Files.readString(out.toPath(), UTF_8), Files.readString(err.toPath(), UTF_8));
  }
}
