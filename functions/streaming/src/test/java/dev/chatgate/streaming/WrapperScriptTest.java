package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script for {@code AWS_LAMBDA_EXEC_WRAPPER}, in every shell that is installed here. */
final class WrapperScriptTest {

  private static final Path SCRIPT = Path.of("src/main/scripts/chatgate-stream").toAbsolutePath();
  private static final String MAIN = Main.class.getName();
  private static final String AWS_MAIN = FunctionProcess.AWS_MAIN;

  @TempDir private Path temporary;
  private Path root;
  private String echo;
  private String appended;

  static Stream<String> shells() {
    return Stream.of("/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox sh")
        .filter(shell -> Files.exists(Path.of(shell.split(" ", -1)[0])));
  }

  @BeforeEach
  void unpack() throws IOException {
    root = Files.createDirectories(temporary.resolve("task root"));
    Files.createDirectories(root.resolve("lib"));
    for (String jar : List.of("b.jar", "a b.jar", "Z.jar", "é.jar", "c.txt")) {
      Files.createFile(root.resolve("lib").resolve(jar));
    }
    echo = executable("interpreter", "#!/bin/sh\nfor a do printf '%s\\0' \"$a\"; done\n");
    String lib = root + "/lib/";
    appended =
        ":" + root + ":" + lib + "Z.jar:" + lib + "a b.jar:" + lib + "b.jar:" + lib + "é.jar";
  }

  @Test
  void itIsExecutable() {
    assertTrue(Files.isExecutable(SCRIPT));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void argumentsAreKeptAndTheMainClassIsReplaced(String shell) throws Exception {
    List<String> odd =
        List.of("", " ", "a  b", "'\"`$HOME`\"'", "*", "back\\slash\\n", "line\nend\n", "-e", "é");
    List<String> given = new ArrayList<>(odd);
    given.addAll(List.of("-classpath", "/var/runtime/lib/x y.jar:/z.jar", "-Dq=\"a b\"", AWS_MAIN));
    given.addAll(List.of("handler", AWS_MAIN, "-cp", "--class-path=c"));
    given.addAll(odd);
    List<String> expected = new ArrayList<>(given);
    int main = given.indexOf(AWS_MAIN);
    expected.set(main, MAIN);
    expected.set(main - 2, given.get(main - 2) + appended);
    assertEquals(expected, arguments(shell, given));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void everyFormOfTheClassPathOptionIsFound(String shell) throws Exception {
    for (String option : List.of("-cp", "-classpath", "--class-path")) {
      assertEquals(
          List.of(option, "a.jar" + appended, MAIN, "h"),
          arguments(shell, List.of(option, "a.jar", AWS_MAIN, "h")));
    }
    assertEquals(
        List.of("--class-path=a.jar" + appended, MAIN, "h"),
        arguments(shell, List.of("--class-path=a.jar", AWS_MAIN, "h")));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void theHeapsLimitIsTheLastOption(String shell) throws Exception {
    Map<String, Object> env =
        Map.of("LAMBDA_TASK_ROOT", root, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 384);
    List<String> given = List.of("-XX:MaxHeapSize=334233K", "-cp", "a b", AWS_MAIN, AWS_MAIN, "");
    assertEquals(
        List.of(
            given.getFirst(), "-cp", "a b" + appended, "-XX:MaxHeapSize=224m", MAIN, AWS_MAIN, ""),
        arguments(shell, given, env));
  }

  @ParameterizedTest
  @CsvSource({
    "100, 50",
    "128, 64",
    "256, 128",
    "319, 159",
    "320, 160",
    "321, 161",
    "384, 224",
    "512, 352",
    "1024, 864",
    "1066, 906"
  })
  void theHeapHasWhatTheRestOfTheProcessLeaves(int memory, int heap) throws Exception {
    Map<String, Object> env =
        Map.of("LAMBDA_TASK_ROOT", root, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory);
    assertEquals(
        List.of("-cp", "a" + appended, "-XX:MaxHeapSize=" + heap + "m", MAIN),
        arguments("/bin/sh", List.of("-cp", "a", AWS_MAIN), env));
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
    Map<String, Object> env =
        Map.of("LAMBDA_TASK_ROOT", root, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory);
    for (String shell : shells().toList()) {
      assertEquals(
          List.of("-cp", "a" + appended, MAIN),
          arguments(shell, List.of("-cp", "a", AWS_MAIN), env),
          shell);
    }
  }

  @Test
  void aFirstSizeOfTheHeapIsNeverAboveItsLimit() throws Exception {
    for (String option : List.of("-Xms300m", "-XX:InitialHeapSize=1g", "-XX:MinHeapSize=300m")) {
      for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "UNUSED")) {
        Map<String, Object> env =
            Map.of(
                "LAMBDA_TASK_ROOT",
                root,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                384,
                variable,
                "-Da=b " + option);
        String own = variable.equals("UNUSED") ? option : "-Da=b";
        assertEquals(
            List.of(own, "-cp", "a" + appended, MAIN),
            arguments("/bin/sh", List.of(own, "-cp", "a", AWS_MAIN), env));
      }
    }
  }

  @Test
  void aPackageWithoutLibHasOnlyItsRootOnTheClassPath() throws Exception {
    Path bare = Files.createDirectories(temporary.resolve("bare"));
    Outcome outcome =
        run(
            List.of(SCRIPT.toString(), echo, "-cp", "a", AWS_MAIN),
            Map.of("LAMBDA_TASK_ROOT", bare));
    assertEquals("-cp\0a:" + bare + "\0" + MAIN + "\0", outcome.out());
  }

  @Test
  void theProgramSeesTheLocaleThatLambdaSet() throws Exception {
    String locale = executable("locale", "#!/bin/sh\nprintf %s \"${LC_ALL-none}\"\n");
    List<String> command = List.of(SCRIPT.toString(), locale, "-cp", "a", AWS_MAIN);
    assertEquals("none", run(command, Map.of("LAMBDA_TASK_ROOT", root)).out());
    assertEquals(
        "C.UTF-8", run(command, Map.of("LAMBDA_TASK_ROOT", root, "LC_ALL", "C.UTF-8")).out());
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aClassPathInTheEnvironmentIsAppendedTo(String shell) throws Exception {
    String print = executable("print", "#!/bin/sh\nprintf '%s\\n' \"$CLASSPATH\" \"$@\"\n");
    List<String> command = new ArrayList<>(List.of(shell.split(" ", -1)));
    command.addAll(List.of(SCRIPT.toString(), print, "-Da=b", AWS_MAIN, "h"));
    Outcome outcome = run(command, Map.of("LAMBDA_TASK_ROOT", root, "CLASSPATH", "a b.jar"));
    assertEquals("a b.jar" + appended + "\n-Da=b\n" + MAIN + "\nh\n", outcome.out());
    command.addAll(command.indexOf(AWS_MAIN), List.of("-cp", "c.jar"));
    outcome = run(command, Map.of("LAMBDA_TASK_ROOT", root, "CLASSPATH", "a b.jar"));
    assertEquals("a b.jar\n-Da=b\n-cp\nc.jar" + appended + "\n" + MAIN + "\nh\n", outcome.out());
  }

  @ParameterizedTest
  @MethodSource("shells")
  void anUnusableStartFailsWithOneSentenceAndTheCommandLine(String shell) throws Exception {
    Map<String, Object> env = Map.of("LAMBDA_TASK_ROOT", root);
    String noMain =
        AWS_MAIN
            + " is not among the arguments; this wrapper is for Lambda's managed Java runtimes.";
    String noClassPath =
        "There is no class path to append to, neither among the arguments nor in CLASSPATH.";
    String inFile = "Arguments are in a file, which this wrapper does not change.";
    assertRefused(noMain, env, shell, "-cp", "a b", "com.example.Main");
    assertRefused(noMain, env, shell, "-cp", AWS_MAIN);
    assertRefused(noMain, env, shell);
    assertRefused(noClassPath, env, shell, AWS_MAIN);
    assertRefused(noClassPath, env, shell, "-Da=b", AWS_MAIN, "-cp", "c");
    assertRefused(inFile, env, shell, "@/var/runtime/args", AWS_MAIN);
    assertRefused(inFile, env, shell, "-cp", "a", "@/var/runtime/args");
    assertRefused(
        "LAMBDA_TASK_ROOT is not set; Lambda sets it to where the package is unpacked.",
        Map.of(),
        shell,
        "-cp",
        "a",
        AWS_MAIN);
    assertEquals(
        List.of("-cp", "@a" + appended, MAIN, "@b"),
        arguments(shell, List.of("-cp", "@a", AWS_MAIN, "@b")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-classpath", "--class-path"})
  void aPackagedFunctionStreams(String option) throws Exception {
    pack("chatgate-streaming.jar", Main.class);
    pack("function.jar", ScriptedHandler.class);
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), FunctionProcess.JAVA));
    command.addAll(FunctionProcess.options());
    command.addAll(List.of(option, FunctionProcess.managedClassPath(), AWS_MAIN));
    command.add(ScriptedHandler.class.getName());
    try (RuntimeApiServer api = new RuntimeApiServer();
        FunctionProcess function =
            FunctionProcess.start(
                command,
                api.address(),
                Map.of(
                    "LAMBDA_TASK_ROOT",
                    root.toString(),
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                    "384"))) {
      Call call = api.invoke("head 200\nwrite streamed\nend");
      call.prelude();
      assertEquals("streamed", call.text());
      assertEquals(List.of(), call.trailers());
      api.awaitIdle();
      assertEquals("", function.log());
    }
  }

  /**
   * With {@code -Xshare:on} and {@code -XX:AOTMode=on} the JVM refuses to start if the archive does
   * not fit the class path. Lambda starts java25 with an ahead-of-time cache of its runtime client,
   * earlier runtimes with a class-data archive.
   *
   * @param make the option that makes the archive when the process ends
   * @param use the options that require it
   */
  @ParameterizedTest
  @CsvSource({
    "-XX:ArchiveClassesAtExit=, -Xshare:on -XX:SharedArchiveFile=",
    "-XX:AOTCacheOutput=, -XX:AOTMode=on -XX:AOTCache="
  })
  void theArchiveOfTheManagedRuntimeStaysValid(String make, String use) throws Exception {
    pack("chatgate-streaming.jar", Main.class);
    pack("function.jar", ScriptedHandler.class);
    String archive = temporary.resolve("managed").toString();
    String managed = FunctionProcess.managedClassPath();
    Outcome dump =
        run(
            List.of(
                FunctionProcess.JAVA, "-XX:+UseSerialGC", make + archive, "-cp", managed, AWS_MAIN),
            Map.of());
    assertTrue(Files.exists(Path.of(archive)), dump.toString());
    List<String> command =
        new ArrayList<>(List.of(SCRIPT.toString(), FunctionProcess.JAVA, "-XX:+UseSerialGC"));
    command.addAll(List.of((use + archive).split(" ", -1)));
    command.addAll(List.of("-classpath", managed, AWS_MAIN, ScriptedHandler.class.getName()));
    try (RuntimeApiServer api = new RuntimeApiServer();
        FunctionProcess function =
            FunctionProcess.start(
                command,
                api.address(),
                Map.of(
                    "LAMBDA_TASK_ROOT",
                    root.toString(),
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                    "384"))) {
      api.awaitIdle();
      assertEquals("", function.log());
    }
  }

  private List<String> arguments(String shell, List<String> given) throws Exception {
    return arguments(shell, given, Map.of("LAMBDA_TASK_ROOT", root));
  }

  private List<String> arguments(String shell, List<String> given, Map<String, ?> env)
      throws Exception {
    Outcome outcome = run(command(shell, given.toArray(String[]::new)), env);
    assertEquals(0, outcome.status(), outcome.err());
    assertEquals("", outcome.err());
    List<String> arguments = new ArrayList<>(List.of(outcome.out().split("\0", -1)));
    arguments.removeLast();
    return arguments;
  }

  private List<String> command(String shell, String... arguments) {
    List<String> command = new ArrayList<>(List.of(shell.split(" ", -1)));
    command.add(SCRIPT.toString());
    command.add(echo);
    command.addAll(List.of(arguments));
    return command;
  }

  private void assertRefused(
      String sentence, Map<String, Object> env, String shell, String... arguments)
      throws Exception {
    StringBuilder line = new StringBuilder(" '" + echo + "'");
    for (String argument : arguments) {
      line.append(" '").append(argument).append('\'');
    }
    assertEquals(
        new Outcome(1, "", "chatgate-stream: " + sentence + " The command line:" + line + "\n"),
        run(command(shell, arguments), env));
  }

  private String executable(String name, String text) throws IOException {
    Path file = Files.writeString(temporary.resolve(name), text);
    assertTrue(file.toFile().setExecutable(true));
    return file.toString();
  }

  /** Packs the classes in the given class's folder into a jar of the package, as the build does. */
  private void pack(String jar, Class<?> type) throws Exception {
    Path classes = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (OutputStream file = Files.newOutputStream(root.resolve("lib").resolve(jar));
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> entries = Files.walk(classes)) {
      for (Path entry : entries.filter(Files::isRegularFile).toList()) {
        URI name = classes.toUri().relativize(entry.toUri());
        out.putNextEntry(new JarEntry(name.getPath()));
        Files.copy(entry, out);
      }
    }
    for (String empty : List.of("b.jar", "a b.jar", "Z.jar", "é.jar")) {
      Files.deleteIfExists(root.resolve("lib").resolve(empty));
    }
  }

  private record Outcome(int status, String out, String err) {}

  /** Runs with exactly this environment, without PATH: the script must not need other programs. */
  private Outcome run(List<String> command, Map<String, ?> env) throws Exception {
    File out = temporary.resolve("out").toFile();
    File err = temporary.resolve("err").toFile();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/nowhere");
    env.forEach((name, value) -> builder.environment().put(name, value.toString()));
    int status = builder.redirectOutput(out).redirectError(err).start().waitFor();
    return new Outcome(
        status,
        Files.readString(out.toPath(), StandardCharsets.UTF_8),
        Files.readString(err.toPath(), StandardCharsets.UTF_8));
  }
}
