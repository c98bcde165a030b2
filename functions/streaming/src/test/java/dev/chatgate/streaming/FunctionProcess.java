package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.RuntimeApiServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A function in a separate process, started as Lambda starts it. */
final class FunctionProcess implements AutoCloseable {

  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
  static final String AWS_MAIN = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  private final Process process;
  private final Path log;

  private FunctionProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts {@link Main} directly, with the build's class path. */
  static FunctionProcess direct(RuntimeApiServer api, Map<String, String> env, String... handler)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA));
    command.addAll(options());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(handler));
    return start(command, api.address(), env);
  }

  /** The JVM arguments of the managed runtime that matter here. */
  static List<String> options() {
    return List.of(
        "-Xmx32m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
  }

  static FunctionProcess start(List<String> command, String api, Map<String, String> env)
      throws IOException {
    Path log = Files.createTempFile("function", ".log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_LAMBDA"));
    builder.environment().put("AWS_LAMBDA_RUNTIME_API", api);
    builder.environment().putAll(env);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new FunctionProcess(builder.start(), log);
  }

  /**
   * The libraries that AWS's runtime provides: the entries of the build's class path that are
   * AWS's.
   */
  static String managedClassPath() {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.contains("com/amazonaws") || entry.contains("awssdk")) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  /** Waits for the process to exit. */
  int exitCode() throws InterruptedException, IOException {
    assertTrue(
        process.waitFor(60, TimeUnit.SECONDS), () -> "still running; its output: " + quietLog());
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Standard output and error so far. */
  String log() throws IOException {
    return Files.readString(log);
  }

  private String quietLog() {
    try {
      return log();
    } catch (IOException e) {
      return "nothing readable";
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    Files.delete(log);
  }
}
