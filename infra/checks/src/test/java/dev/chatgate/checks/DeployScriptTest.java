package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code infra/deploy}, with an mvn and a sam that only note how they are called. */
class DeployScriptTest {
  private static final Path SCRIPT = Repository.ROOT.resolve("infra/deploy");
  private static final List<String> STEPS =
      List.of("mvn -q package -DskipTests", "sam build", "sam deploy");

  @TempDir private Path folder = Path.of("");
  private Path root = Path.of("");
  private Path tools = Path.of("");

  private record Run(int exitCode, String output, List<String> calls) {}

  @BeforeEach
  void copy() throws IOException {
    root = Files.createDirectories(folder.resolve("a clone"));
    tools = Files.createDirectories(folder.resolve("tools"));
    Files.createDirectories(root.resolve("infra"));
    Files.copy(SCRIPT, root.resolve("infra/deploy"), StandardCopyOption.COPY_ATTRIBUTES);
    for (var tool : List.of("bash", "dirname")) {
      executable(tool, "exec /usr/bin/" + tool + " \"$@\"\n");
    }
    tool("mvn");
    tool("sam");
  }

  /** A tool that notes its arguments and its folder, and fails if these are in the file fail. */
  private void tool(String name) throws IOException {
    executable(
        name,
        """
        call="%1$s $*"
        echo "$call" >>'%2$s/calls'
        [ "$PWD" = '%3$s' ] || exit 9
        while read -r failing; do
          [ "$call" = "$failing" ] && exit 3
        done <'%2$s/fail'
        exit 0
        """
            .formatted(name, folder, root));
    Files.writeString(folder.resolve("fail"), "");
  }

  private void executable(String name, String script) throws IOException {
    var file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + script);
    assertTrue(file.toFile().setExecutable(true));
  }

  private Run run(String... arguments) throws IOException, InterruptedException {
    var line = new ArrayList<String>();
    line.add(root.resolve("infra/deploy").toString());
    line.addAll(List.of(arguments));
    var builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("PATH", tools.toString());
    Files.deleteIfExists(folder.resolve("calls"));
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exitCode = process.waitFor();
    var calls = folder.resolve("calls");
    return new Run(exitCode, output, Files.exists(calls) ? Files.readAllLines(calls) : List.of());
  }

  @Test
  void thePackagesAreMadeBeforeTheyAreDeployed() throws Exception {
    assertEquals(new Run(0, "", STEPS), run());
  }

  @Test
  void argumentsAreThoseOfTheDeployment() throws Exception {
    assertEquals(
        "sam deploy --config-env prod --parameter-overrides Stage=prod AlarmEmail=a@b.example",
        run("--config-env", "prod", "--parameter-overrides", "Stage=prod AlarmEmail=a@b.example")
            .calls()
            .getLast());
  }

  @Test
  void ownValuesComeFromAFileThatGitIgnores() throws Exception {
    Files.writeString(root.resolve("samconfig.local.toml"), "version = 0.1\n");
    assertEquals(
        "sam deploy --config-file samconfig.local.toml --config-env prod",
        run("--config-env", "prod").calls().getLast());
    assertEquals(
        "sam deploy --config-file other.toml",
        run("--config-file", "other.toml").calls().getLast());
    assertTrue(
        Files.readAllLines(Repository.ROOT.resolve(".gitignore")).contains("samconfig.local.toml"));
  }

  @Test
  void aStepThatFailsIsTheLast() throws Exception {
    for (int i = 0; i < STEPS.size(); i++) {
      Files.writeString(folder.resolve("fail"), STEPS.get(i) + "\n");
      assertEquals(new Run(3, "", STEPS.subList(0, i + 1)), run());
    }
  }

  @Test
  void aMissingToolIsNamed() throws Exception {
    Files.delete(tools.resolve("sam"));
    var withoutSam = run();
    assertEquals(2, withoutSam.exitCode());
    assertTrue(withoutSam.output().startsWith("infra/deploy needs sam: "), withoutSam.output());
    assertEquals(List.of(), withoutSam.calls());
    Files.delete(tools.resolve("mvn"));
    assertTrue(run().output().startsWith("infra/deploy needs mvn: "));
  }
}
